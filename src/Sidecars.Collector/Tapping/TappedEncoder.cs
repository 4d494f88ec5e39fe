using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Tailing;
using Sidecars.Common.Tapping;

namespace Sidecars.Collector.Tapping;

/// <summary>
/// Lets listeners see what an output is about to be given. What they see is made anew from a copy of the lines, by them: the lane
/// does no more than copy bytes, and only where there is room for them.
/// </summary>
internal sealed class TappedEncoder(BatchEncoder encoder, TapPoint<TappedBatch> point, string output, CollectorOptions options) : BatchEncoder
{
    public override Batch Encode(in LineBlock block, bool flush)
    {
        var batch = encoder.Encode(block, flush);
        HeldBackFor = encoder.HeldBackFor;
        if (point.IsOpen && batch.Records > 0)
        {
            point.Offer(output, new TapSize(batch.Length, batch.Records), (batch, this), static passing => passing.Item2.Copy(passing.batch));
        }

        return batch;
    }

    public override Batch Select(in Batch batch, ReadOnlySpan<int> records) => encoder.Select(batch, records);

    public override IReadOnlyList<RecordExtent> Extents(in Batch batch) => encoder.Extents(batch);

    public override ReadOnlyMemory<byte> Text(in Batch batch, in RecordExtent extent) => encoder.Text(batch, extent);

    public override void Dispose()
    {
        encoder.Dispose();
        base.Dispose();
    }

    private TappedBatch Copy(in Batch batch) => new(
        batch.Block.File,
        batch.Block.Start,
        batch.Block.Bytes.ToArray(),
        [.. encoder.Extents(batch).Where(extent => extent.Dropped is null)],
        options);
}
