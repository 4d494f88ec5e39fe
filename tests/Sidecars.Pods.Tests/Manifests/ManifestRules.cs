using k8s.Models;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Manifests;

/// <summary>What strict parsing does not see and every sample must keep. A rule yields one text per breach.</summary>
internal static class ManifestRules
{
    private static readonly string[] ApplicationImages = ["nginx", "nginxinc/nginx-unprivileged"];

    private static readonly (string Name, string Field)[] DownwardValues =
    [
        ("POD_NAME", "metadata.name"), ("POD_NAMESPACE", "metadata.namespace"), ("POD_UID", "metadata.uid"), ("NODE_NAME", "spec.nodeName"),
    ];

    public static IReadOnlyList<string> Breaches(Manifest manifest, bool native = true) =>
    [
        .. Names(manifest), .. Images(manifest), .. Order(manifest.Pod.Spec, native), .. Probes(manifest.Pod.Spec), .. Ports(manifest.Pod),
        .. Resources(manifest.Pod.Spec), .. Identity(manifest.Pod.Spec), .. VolumeRules.Breaches(manifest), .. PodSecurityRules.Breaches(manifest.Pod.Spec),
    ];

    private static IEnumerable<V1Container> Containers(Manifest manifest) => manifest.Pod.Spec.WithRoles().Select(entry => entry.Container);

    private static IEnumerable<string> Names(Manifest manifest)
    {
        foreach (var container in Containers(manifest).Where(container => container.Name != "nginx-container" && SidecarFacts.Find(container.Name) is null))
        {
            yield return $"unknown container '{container.Name}'";
        }

        foreach (var twice in Containers(manifest).GroupBy(container => container.Name).Where(group => group.Count() > 1))
        {
            yield return $"two containers named '{twice.Key}'";
        }
    }

    private static IEnumerable<string> Images(Manifest manifest)
    {
        foreach (var container in Containers(manifest))
        {
            var parts = (container.Image ?? "").Split(':');
            if (parts is [""])
            {
                yield return $"{container.Name}: no image";
            }
            else if (parts.Length != 2 || parts[1] is "" or "latest")
            {
                yield return $"{container.Name}: image '{container.Image}' has no fixed tag";
            }
            else if (SidecarFacts.Find(container.Name) is { } sidecar ? sidecar.Image != parts[0] : !ApplicationImages.Contains(parts[0]))
            {
                yield return $"{container.Name}: image '{container.Image}' does not belong to this name";
            }
        }
    }

    private static IEnumerable<string> Order(V1PodSpec spec, bool native)
    {
        var containers = spec.WithRoles().ToList();
        var expected = native ? ContainerRole.Sidecar : ContainerRole.Main;
        foreach (var (container, role) in containers.Where(entry => SidecarFacts.Find(entry.Container.Name) is not null && entry.Role != expected))
        {
            yield return $"{container.Name}: is {role}, not {expected}";
        }

        if (containers.FindIndex(entry => entry.Container.Name == "log-collector") > 0)
        {
            yield return "log-collector: is not the first, so it does not end last";
        }

        if (!native && spec.Containers.Any(container => container.RestartPolicy is not null))
        {
            yield return "a plain container has a restart policy of its own";
        }
    }

    private static IEnumerable<string> Probes(V1PodSpec spec)
    {
        foreach (var (container, _) in spec.WithRoles())
        {
            foreach (var breach in SidecarFacts.Find(container.Name) is { } sidecar ? ProbesOf(container, sidecar) : [])
            {
                yield return breach;
            }
        }
    }

    private static IEnumerable<string> ProbesOf(V1Container container, SidecarFacts sidecar)
    {
        foreach (var (kind, path) in new[] { ("startup", "/startupz"), ("readiness", "/readyz"), ("liveness", "/healthz") })
        {
            var get = container.Probes().FirstOrDefault(probe => probe.Kind == kind).Probe?.HttpGet;
            if (get is null)
            {
                yield return $"{container.Name}: no {kind} probe over HTTP";
            }
            else if (get.Path != path || container.PortNumber(get.Port) != sidecar.AdminPort)
            {
                yield return $"{container.Name}: the {kind} probe asks {get.Port.Value}{get.Path}, not {sidecar.AdminPort}{path}";
            }
        }
    }

    /// <summary>What the collector tells records apart by comes from the downward API.</summary>
    private static IEnumerable<string> Identity(V1PodSpec spec) =>
        from entry in spec.WithRoles()
        where entry.Container.Name == "log-collector"
        from wanted in DownwardValues
        where entry.Container.Env?.Any(variable => variable.Name == wanted.Name && variable.ValueFrom?.FieldRef?.FieldPath == wanted.Field) != true
        select $"log-collector: {wanted.Name} is not {wanted.Field}";

    private static IEnumerable<string> Ports(V1Pod pod)
    {
        var ports = pod.Spec.WithRoles().SelectMany(entry => entry.Container.Ports ?? []).ToList();
        foreach (var (container, _) in pod.Spec.WithRoles())
        {
            if (SidecarFacts.Find(container.Name) is { } sidecar && container.Ports?.Any(port => port.ContainerPort == sidecar.AdminPort) != true)
            {
                yield return $"{container.Name}: the admin port {sidecar.AdminPort} is not declared";
            }
        }

        foreach (var twice in ports.GroupBy(port => port.Name).Where(group => group.Count() > 1))
        {
            yield return $"two ports named '{twice.Key}'";
        }

        if (pod.GetAnnotation("prometheus.io/scrape") != "true" || pod.GetAnnotation("prometheus.io/path") != "/metrics"
            || !ports.Any(port => $"{port.ContainerPort}" == pod.GetAnnotation("prometheus.io/port") && SidecarFacts.All.Any(sidecar => sidecar.AdminPort == port.ContainerPort)))
        {
            yield return "the scrape annotations do not lead to an admin port";
        }
    }

    private static IEnumerable<string> Resources(V1PodSpec spec)
    {
        foreach (var (container, _) in spec.WithRoles())
        {
            foreach (var resource in (string[])["cpu", "memory"])
            {
                var request = Quantity(container.Resources?.Requests, resource);
                var limit = Quantity(container.Resources?.Limits, resource);
                if (request is null || limit is null || request > limit)
                {
                    yield return $"{container.Name}: {resource} has no request, no limit, or a request above it";
                }
            }
        }
    }

    private static decimal? Quantity(IDictionary<string, ResourceQuantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : null;
}
