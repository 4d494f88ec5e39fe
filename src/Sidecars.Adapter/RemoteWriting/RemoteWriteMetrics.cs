using Prometheus;

namespace Sidecars.Adapter.RemoteWriting;

/// <summary>The adapter's own figures about pushing its page.</summary>
internal sealed class RemoteWriteMetrics(IMetricFactory metrics)
{
    public Counter Samples { get; } = metrics.CreateCounter("sidecars_adapter_remote_write_samples_total", "Samples that the remote write receiver took.");

    public Counter Failures { get; } = metrics.CreateCounter("sidecars_adapter_remote_write_failures_total", "Requests that the remote write receiver did not take.", ["reason"]);
}
