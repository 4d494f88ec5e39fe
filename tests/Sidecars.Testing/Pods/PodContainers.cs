using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>What a container is to its pod: it decides when it starts and when it is stopped.</summary>
public enum ContainerRole
{
    /// <summary>Runs to its end before the next one starts.</summary>
    Init,

    /// <summary>A native sidecar: an init container with <c>restartPolicy: Always</c>.</summary>
    Sidecar,

    /// <summary>One of <c>spec.containers</c>.</summary>
    Main,
}

/// <summary>Reading a pod's specification.</summary>
public static class PodContainers
{
    /// <summary>All containers with their role, in the order in which a kubelet starts them.</summary>
    public static IEnumerable<(V1Container Container, ContainerRole Role)> WithRoles(this V1PodSpec spec) =>
        (spec.InitContainers ?? [])
            .Select(container => (container, container.RestartPolicy == "Always" ? ContainerRole.Sidecar : ContainerRole.Init))
            .Concat(spec.Containers.Select(container => (container, ContainerRole.Main)));

    /// <summary>The container's three probes, as far as it has them.</summary>
    public static IEnumerable<(string Kind, V1Probe Probe)> Probes(this V1Container container) =>
        new (string Kind, V1Probe? Probe)[]
        {
            ("startup", container.StartupProbe), ("readiness", container.ReadinessProbe), ("liveness", container.LivenessProbe),
        }.Where(probe => probe.Probe is not null).Select(probe => (probe.Kind, probe.Probe!));

    /// <summary>The number of a port that a probe gives by number or by name.</summary>
    public static int PortNumber(this V1Container container, IntOrString port)
    {
        if (int.TryParse(port.Value, out var number))
        {
            return number;
        }

        return container.Ports?.FirstOrDefault(named => named.Name == port.Value)?.ContainerPort
            ?? throw new InvalidOperationException($"container '{container.Name}' has no port named '{port.Value}'");
    }

    /// <summary>Every port that somebody outside the pod may want: the declared ones and those of the probes.</summary>
    public static IEnumerable<int> Ports(this V1PodSpec spec) => spec.WithRoles()
        .SelectMany(entry => (entry.Container.Ports?.Select(port => port.ContainerPort) ?? [])
            .Concat(entry.Container.Probes().Select(probe => probe.Probe.HttpGet?.Port ?? probe.Probe.TcpSocket?.Port).OfType<IntOrString>()
                .Select(entry.Container.PortNumber)))
        .Distinct();
}
