using k8s.Models;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Manifests;

/// <summary>
/// Pod Security "restricted", field by field as the standard names them, on init containers too, and our own demand of a
/// read-only root. The vendor's plain <c>nginx</c> image runs as root and is left out; what stands beside it is not.
/// </summary>
internal static class PodSecurityRules
{
    public static IEnumerable<string> Breaches(V1PodSpec spec) => OfThePod(spec).Concat(
        spec.WithRoles().Where(entry => !IsPlainNginx(entry.Container)).SelectMany(entry => OfAContainer(entry.Container, spec.SecurityContext)));

    private static bool IsPlainNginx(V1Container container) => container.Image?.Split(':')[0] == "nginx";

    private static IEnumerable<string> OfThePod(V1PodSpec spec)
    {
        if (spec.HostNetwork == true || spec.HostPID == true || spec.HostIPC == true)
        {
            yield return "the pod shares a namespace of the host";
        }

        foreach (var volume in (spec.Volumes ?? []).Where(volume => volume.EmptyDir is null && volume.ConfigMap is null))
        {
            yield return $"volume '{volume.Name}' is of a kind that the samples do not need";
        }

        if (spec.AutomountServiceAccountToken != false)
        {
            yield return "the pod mounts a service account's token that nobody needs";
        }
    }

    private static IEnumerable<string> OfAContainer(V1Container container, V1PodSecurityContext? pod)
    {
        var security = container.SecurityContext;
        var checks = new (bool Kept, string Breach)[]
        {
            ((security?.RunAsNonRoot ?? pod?.RunAsNonRoot) == true, "runAsNonRoot is not true"),
            ((security?.RunAsUser ?? pod?.RunAsUser) != 0, "runAsUser is 0"),
            (security?.AllowPrivilegeEscalation == false, "allowPrivilegeEscalation is not false"),
            (security?.Privileged != true, "privileged"),
            (security?.Capabilities?.Drop?.Contains("ALL") == true, "does not drop ALL capabilities"),
            (security?.Capabilities?.Add is null or { Count: 0 }, "adds capabilities"),
            ((security?.SeccompProfile ?? pod?.SeccompProfile)?.Type is "RuntimeDefault" or "Localhost", "seccompProfile is not RuntimeDefault"),
            (security?.ProcMount is null or "Default", "procMount is not the default"),
            (security?.ReadOnlyRootFilesystem == true, "readOnlyRootFilesystem is not true"),
            (container.Ports?.All(port => port.HostPort is null or 0) ?? true, "a host port"),
            (container.Probes().All(probe => (probe.Probe.HttpGet?.Host ?? probe.Probe.TcpSocket?.Host) is null), "a probe names a host"),
        };
        return checks.Where(check => !check.Kept).Select(check => $"{container.Name}: {check.Breach}");
    }
}
