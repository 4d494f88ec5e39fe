using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>Makes the bytes to deliver from lines as they stand in the file. What it gives is valid until the next call.</summary>
internal abstract class BatchEncoder : IDisposable
{
    /// <summary>
    /// How long to wait before what the last batch held back (a group of lines whose end is not there yet) is worth another look;
    /// null when it held nothing back.
    /// </summary>
    public TimeSpan? HeldBackFor { get; protected set; }

    /// <summary>The batch for a block, or for its beginning. With <paramref name="flush"/> nothing is held back.</summary>
    public abstract Batch Encode(in LineBlock block, bool flush);

    /// <summary>
    /// The same batch with some of its records only (their places in the batch as it was first encoded, ascending), for a receiver
    /// that did not take all of them.
    /// </summary>
    public abstract Batch Select(in Batch batch, ReadOnlySpan<int> records);

    /// <summary>The records of the batch encoded last, in the order of the file; those that were dropped are among them.</summary>
    public abstract IReadOnlyList<RecordExtent> Extents(in Batch batch);

    /// <summary>The text of a record as it stands in the file, its last newline included or not.</summary>
    public virtual ReadOnlyMemory<byte> Text(in Batch batch, in RecordExtent extent) => batch.Block.Bytes.Slice(extent.Start, extent.Length);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
