using Prometheus;

namespace Sidecars.Adapter.Pushing;

/// <summary>The adapter's own figures about samples that were pushed, by where they came in.</summary>
internal sealed class PushMetrics(IMetricFactory metrics)
{
    public Counter Samples { get; } = metrics.CreateCounter("sidecars_adapter_samples_total", "Samples that were pushed and counted.", ["input"]);

    public Counter Dropped { get; } = metrics.CreateCounter("sidecars_adapter_samples_dropped_total", "Samples that were pushed and not counted.", ["input", "reason"]);

    public Counter Lost { get; } =
        metrics.CreateCounter("sidecars_adapter_datagrams_lost_total", "Datagrams that the kernel dropped because its buffer was full.", ["input"]);
}
