using Sidecars.Collector.Records;

namespace Sidecars.Collector.Shaping;

/// <summary>Drops what an expression holds for, or with <paramref name="keeps"/> what it does not.</summary>
internal sealed class FilterStep(RecordCondition condition, bool keeps) : Step
{
    public override string Name => keeps ? "keep" : "drop";

    public override StepOutcome Apply(LogRecord record, bool isRepeat) =>
        isRepeat || condition.IsTrue(record) == keeps ? StepOutcome.Done : StepOutcome.Dropped;
}

/// <summary>Takes another step only where an expression holds.</summary>
internal sealed class ConditionalStep(RecordCondition condition, Step step) : Step
{
    public override string Name => step.Name;

    public override StepOutcome Apply(LogRecord record, bool isRepeat) =>
        condition.IsTrue(record) ? step.Apply(record, isRepeat) : StepOutcome.Done;
}
