using System.Buffers.Binary;
using System.IO.Hashing;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Shaping;

/// <summary>
/// Keeps a share of the records: the same ones at every reading and for every output, as a hash decides, of a field or of where the
/// record stands.
/// </summary>
internal sealed class SampleStep(double fraction, string? by) : Step
{
    private readonly RecordFields? _field = by is null ? null : new RecordFields([by]);
    private readonly ulong _limit = fraction >= 1 ? ulong.MaxValue : (ulong)(fraction * ulong.MaxValue);

    public override string Name => "sample";

    public override StepOutcome Apply(LogRecord record, bool isRepeat) =>
        isRepeat || (fraction > 0 && Hash(record) <= _limit) ? StepOutcome.Done : StepOutcome.Dropped;

    private ulong Hash(LogRecord record)
    {
        if (_field is not null)
        {
            _field.Record = record;
            if (_field.TryGet(0, default, out var value))
            {
                return XxHash3.HashToUInt64(value);
            }
        }

        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(place, record.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(place[8..], record.File.Identity.GetHashCode());
        return XxHash3.HashToUInt64(place);
    }
}
