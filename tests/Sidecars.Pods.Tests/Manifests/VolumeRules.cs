using k8s.Models;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Manifests;

/// <summary>Volumes and the ConfigMaps behind them: every mount leads somewhere, and nothing lies unused.</summary>
internal static class VolumeRules
{
    public static IEnumerable<string> Breaches(Manifest manifest)
    {
        var spec = manifest.Pod.Spec;
        var mounts = spec.WithRoles().SelectMany(entry => (entry.Container.VolumeMounts ?? []).Select(mount => (entry.Container, mount))).ToList();
        var volumes = spec.Volumes ?? [];
        return mounts.Where(entry => volumes.All(volume => volume.Name != entry.mount.Name))
            .Select(entry => $"{entry.Container.Name}: mounts '{entry.mount.Name}', which is not a volume of the pod")
            .Concat(volumes.Where(volume => mounts.All(entry => entry.mount.Name != volume.Name)).Select(volume => $"volume '{volume.Name}' is mounted nowhere"))
            .Concat(volumes.Where(volume => volume.EmptyDir is { SizeLimit: null }).Select(volume => $"volume '{volume.Name}' has no sizeLimit"))
            .Concat(volumes.SelectMany(volume => MissingKeys(volume, manifest)))
            .Concat(mounts.Where(entry => entry.mount.SubPath is not null).Select(entry => $"{entry.Container.Name}: '{entry.mount.Name}' is mounted by subPath, which is never updated"))
            .Concat(Logs(mounts));
    }

    private static IEnumerable<string> MissingKeys(V1Volume volume, Manifest manifest)
    {
        if (volume.ConfigMap is not { } source)
        {
            return [];
        }

        var map = manifest.ConfigMaps.FirstOrDefault(map => map.Name() == source.Name);
        return map is null
            ? [$"volume '{volume.Name}' wants the ConfigMap '{source.Name}', which is not in the file"]
            : (source.Items ?? []).Where(item => !map.Data.ContainsKey(item.Key))
                .Select(item => $"volume '{volume.Name}' wants the key '{item.Key}', which ConfigMap '{source.Name}' lacks");
    }

    /// <summary>Who reads nginx's logs reads them from the very volume that nginx writes to, and cannot write there.</summary>
    private static IEnumerable<string> Logs(List<(V1Container Container, V1VolumeMount Mount)> mounts)
    {
        foreach (var (container, mount) in mounts.Where(entry => entry.Mount.MountPath == "/var/log/nginx"))
        {
            if (mount.Name != "shared-logs")
            {
                yield return $"{container.Name}: /var/log/nginx is '{mount.Name}', not 'shared-logs'";
            }

            if (SidecarFacts.Find(container.Name) is not null && mount.ReadOnlyProperty != true)
            {
                yield return $"{container.Name}: can write to nginx's logs";
            }
        }
    }
}
