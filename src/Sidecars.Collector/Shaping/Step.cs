using Sidecars.Collector.Records;

namespace Sidecars.Collector.Shaping;

/// <summary>Changes a record or decides about it. One instance per output.</summary>
internal abstract class Step
{
    /// <summary>Its key in the configuration; also the reason under which its drops are counted.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Does it. With <paramref name="isRepeat"/> the record was kept before and only its content is made again: nothing is decided.
    /// </summary>
    public abstract StepOutcome Apply(LogRecord record, bool isRepeat);
}

/// <summary>What came of a step.</summary>
internal enum StepOutcome
{
    /// <summary>There was nothing to do, or it was done.</summary>
    Done,

    /// <summary>The record is not to be delivered.</summary>
    Dropped,

    /// <summary>It could not be done, as the record is not as the step expects; it goes on as it is.</summary>
    Failed,
}
