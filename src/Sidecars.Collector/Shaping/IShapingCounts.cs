using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Shaping;

/// <summary>Hears what is to be counted: the metrics, or who explains.</summary>
internal interface IShapingCounts
{
    /// <summary>A parser did not take a line.</summary>
    void Unparsed(string parser);

    /// <summary>A parser (its key in the configuration) was demoted for good to a slower engine.</summary>
    void Demoted(string key, string reason);

    /// <summary>It was settled of which format a file is.</summary>
    void Recognised(FileFollower file, string format);

    /// <summary>A step could not be taken.</summary>
    void StepFailed(string step);
}
