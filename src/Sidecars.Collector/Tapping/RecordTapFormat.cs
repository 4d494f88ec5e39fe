using System.Buffers;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Expressions;
using Sidecars.Common.Tailing;
using Sidecars.Common.Tapping;

namespace Sidecars.Collector.Tapping;

/// <summary>Makes of tapped lines the records that their output is given: parsed and with every step taken, as JSON.</summary>
internal sealed class RecordTapFormat(Expression? where, TimeProvider time) : TapFormat<TappedBatch>
{
    private readonly JsonRecordFormat _format = new();
    private readonly RecordCondition? _where = where is null ? null : new RecordCondition(where);
    private CollectorOptions? _options;
    private InputShaper? _shaper;
    private LogRecord? _record;

    public override int Write(TappedBatch item, IBufferWriter<byte> output, int most)
    {
        if (!ReferenceEquals(item.Options, _options))
        {
            (_options, _shaper) = (item.Options, Shapings.Shaper(item.Options, NoCounts.Instance, time));
        }

        var written = 0;
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var extent in item.Records)
        {
            if (written == most)
            {
                break;
            }

            var record = _record ??= new LogRecord { File = item.File };
            record.Begin(item.File, item.Start + extent.Start, extent.Length, Text(item, extent), now);

            // the lane has decided that it is delivered; only its content is made again
            _shaper!.Shape(record, isRepeat: true);
            if (_where?.IsTrue(record) != false)
            {
                _format.Write(record, output);
                written++;
            }
        }

        return written;
    }

    private ArraySegment<byte> Text(TappedBatch item, in RecordExtent extent) => extent.Group is { } group
        ? _shaper!.GroupingOf(item.File)!.Cut(new ArraySegment<byte>(item.Bytes, group.Start, group.Length))[group.Index].Body
        : LogRecord.WithoutTerminator(ByteOrderMark.Without(new ArraySegment<byte>(item.Bytes, extent.Start, extent.Length), item.Start + extent.Start));

    protected override void Dispose(bool disposing)
    {
        _format.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The lane has counted.</summary>
    private sealed class NoCounts : IShapingCounts
    {
        public static readonly NoCounts Instance = new();

        public void Unparsed(string parser)
        {
        }

        public void StepFailed(string step)
        {
        }

        public void Demoted(string input, string reason)
        {
        }

        public void Recognised(FileFollower file, string format)
        {
        }
    }
}
