using Sidecars.Adapter.PodUse;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks what is said of the pod, and takes the names of what is made of it.</summary>
internal static class PodValidation
{
    public static void Check(PodOptions? pod, ProblemList problems, MetricRegistryCheck metrics)
    {
        if (pod is null)
        {
            return;
        }

        var folders = pod.Volumes.Select(volume => ($"pod.volumes.{volume.Key}", volume.Value)).Append(("pod.cgroup", pod.Cgroup)).Append(("pod.proc", pod.Proc));
        foreach (var (path, _) in folders.Where(folder => !folder.Item2.StartsWith('/')))
        {
            problems.Add(path, "an absolute path of a folder is expected, for example /var/log/nginx");
        }

        foreach (var definition in PodMetrics.All)
        {
            metrics.AddUp(definition.Name, "pod");
        }
    }
}
