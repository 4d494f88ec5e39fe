using Prometheus;

namespace Sidecars.Adapter.Probing;

/// <summary>The adapter's own figures about probes.</summary>
internal sealed class ProbeMetrics(IMetricFactory metrics)
{
    public Counter Probes { get; } = metrics.CreateCounter("sidecars_adapter_probes_total", "Probes by how they ended.", ["module", "result"]);

    public Counter Refused { get; } = metrics.CreateCounter("sidecars_adapter_probes_refused_total", "Requests for a probe that was not made.", ["reason"]);
}
