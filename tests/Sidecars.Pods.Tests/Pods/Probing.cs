using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary>The manifest's probes against what runs.</summary>
internal static class Probing
{
    /// <summary>Every probe of every container succeeds, and the metrics pages of the admin ports can be read.</summary>
    public static async Task AssertAsync(RunningPod pod)
    {
        foreach (var container in pod.Containers)
        {
            foreach (var (kind, probe) in container.Spec.Probes())
            {
                Assert.True(await pod.AskAsync(container.Name, _ => probe), $"{container.Name}: the {kind} probe");
            }

            if (Manifests.SidecarFacts.Find(container.Name) is { } sidecar)
            {
                var page = await MetricsText.FetchAsync(new Uri(pod.Address(sidecar.AdminPort), "/metrics"));
                Assert.Single(page.Samples, sample => sample.Name == "sidecars_build_info");
                Assert.Equal(0, (await container.ExecAsync(sidecar.Image.Split('/')[1], "probe")).ExitCode);
            }
        }
    }
}
