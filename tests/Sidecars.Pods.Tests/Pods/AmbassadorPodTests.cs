using Sidecars.Pods.Tests.Manifests;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary><c>nginx-ambassador.yaml</c>: what is outside is called through localhost.</summary>
public sealed class AmbassadorPodTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Application_OnLocalhost_ReachesTheServiceAndTheDatabase(bool plain)
    {
        var manifest = plain ? await Samples.PlainAsync("nginx-ambassador") : Samples.Native("nginx-ambassador");
        await using var outside = await OutsideServices.StartAsync();
        await using var pod = await RunningPod.StartAsync(manifest, outside.Settings);

        await Calls.AssertAsync(pod);
        await AssertFollowsTheConfigMapAsync(pod, manifest);
        await Sealed.AssertAsync(pod);
        await Probing.AssertAsync(pod);
        Assert.All(await pod.StopAsync(), end => Assert.Equal((end.Name, 0L), (end.Name, end.ExitCode)));
    }

    /// <summary>An edited ConfigMap arrives as the kubelet swaps it in, and is taken up under traffic without a restart.</summary>
    private static async Task AssertFollowsTheConfigMapAsync(RunningPod pod, Manifest manifest)
    {
        var edited = manifest.ConfigMap("nginx-ambassador").Data["ambassador.yaml"].Replace("name: api", "name: orders", StringComparison.Ordinal);
        using var traffic = new PodTraffic(pod.Address(8080));
        var metrics = new Uri(pod.Address(9102), "/metrics");

        pod.ConfigMapVolume("ambassador-config").Update(new Dictionary<string, string> { ["ambassador.yaml"] = edited });

        await Eventually.True(async () =>
        {
            await traffic.SendOneAsync(HttpMethod.Get, "/api/");
            return (await MetricsText.FetchAsync(metrics)).Sum("sidecars_ambassador_http_requests_total", ("service", "orders")) > 0;
        });
        Assert.All(traffic.Answers.Keys, answer => Assert.Equal(200, answer.Status));
    }
}
