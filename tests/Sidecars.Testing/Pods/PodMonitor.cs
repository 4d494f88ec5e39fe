using k8s;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>The part of the Prometheus operator's PodMonitor (monitoring.coreos.com/v1) that our samples use; strict parsing refuses the rest.</summary>
public sealed class PodMonitor : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public PodMonitorSpec Spec { get; set; } = new();
}

/// <summary>Which pods, and which of their ports.</summary>
public sealed class PodMonitorSpec
{
    public V1LabelSelector Selector { get; set; } = new();

    public IList<PodMetricsEndpoint> PodMetricsEndpoints { get; set; } = [];
}

/// <summary>One port to scrape, by the name it has in the pod.</summary>
public sealed class PodMetricsEndpoint
{
    public string? Port { get; set; }

    public string? Path { get; set; }

    public string? Interval { get; set; }
}
