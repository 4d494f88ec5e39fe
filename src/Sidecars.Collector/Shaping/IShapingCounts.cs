namespace Sidecars.Collector.Shaping;

/// <summary>Hears what is to be counted: the metrics, or who explains.</summary>
internal interface IShapingCounts
{
    /// <summary>A parser did not take a line.</summary>
    void Unparsed(string parser);

    /// <summary>A step could not be taken.</summary>
    void StepFailed(string step);
}
