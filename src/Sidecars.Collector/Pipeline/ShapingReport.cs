using System.Runtime.CompilerServices;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>Counts, and tells, what becomes of lines on their way to one output.</summary>
/// <param name="output">The output's name.</param>
/// <param name="metrics">Where it is counted.</param>
/// <param name="log">Where it is told.</param>
/// <param name="told">The files whose format was told already, by whichever output read them first.</param>
internal sealed class ShapingReport(string output, CollectorMetrics.OutputMetrics metrics, PipelineLog log, ConditionalWeakTable<FileFollower, string> told) : IShapingCounts
{
    public void Unparsed(string parser) => metrics.Unparsed(parser);

    public void StepFailed(string step) => metrics.StepFailed(step);

    public void Demoted(string key, string reason)
    {
        metrics.ParserDemoted();
        log.ParserWasDemoted(output, key, reason);
    }

    public void Recognised(FileFollower file, string format)
    {
        if (told.TryAdd(file, format))
        {
            log.FormatWasRecognised(file.Path, format);
        }
    }
}
