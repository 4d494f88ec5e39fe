using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Outputs;

/// <summary>What an output gets beside its own options.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Log">Where an output tells what only it knows.</param>
/// <param name="Metrics">The metrics of the output.</param>
internal sealed record OutputContext(TimeProvider Time, ILogger Log, CollectorMetrics.OutputMetrics Metrics)
{
    /// <summary>The environment variables.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;
}
