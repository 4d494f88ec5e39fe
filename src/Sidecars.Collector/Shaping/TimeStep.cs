using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>Reads when it happened from a field.</summary>
internal sealed class TimeStep(string field, TimestampParser parser) : Step
{
    private readonly RecordFields _field = new([field]);

    public override string Name => "time";

    public override StepOutcome Apply(LogRecord record, bool isRepeat)
    {
        _field.Record = record;
        if (!_field.TryGet(0, default, out var value) || !parser.TryParse(value, record.ReadTime, out var utc))
        {
            return StepOutcome.Failed;
        }

        record.Time = utc;
        record.HasOwnTime = true;
        return StepOutcome.Done;
    }
}
