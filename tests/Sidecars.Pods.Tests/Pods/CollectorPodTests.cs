using Sidecars.Pods.Tests.Manifests;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary><c>nginx-collector.yaml</c>, native and plain.</summary>
public sealed class CollectorPodTests
{
    [Fact]
    public async Task Requests_ToNginx_ComeOutOfTheCollectorLineByLine()
    {
        await using var pod = await RunningPod.StartAsync(Samples.Native("nginx-collector"));
        using var traffic = new PodTraffic(pod.Address(80));

        await traffic.SendAsync(HttpMethod.Get, "/", 20);
        await traffic.SendAsync(HttpMethod.Get, "/nowhere", 5);

        await Eventually.True(async () => (await LogLines.CatAsync(pod)).Length == 25);
        var written = LogLines.Written(pod);
        Assert.Equal(25, written.Length);
        Assert.Equal(written, await LogLines.CatAsync(pod));
        // nginx's error log has its lines in the file, too: the last three are whatever came last.
        await Eventually.True(async () => (await CatAsync(pod, "-n", "3")).SequenceEqual((await CatAsync(pod)).TakeLast(3)));
        await Eventually.True(async () => (await LogLines.LoggedAsync(pod)).SequenceEqual(written));
        Assert.All(Enumerable.Range(1, 25), n => Assert.Single(written, line => line.Contains($"?n={n} ", StringComparison.Ordinal)));
        await Sealed.AssertAsync(pod);
        await Probing.AssertAsync(pod);
    }

    [Fact]
    public async Task Requests_ToAnUnprivilegedNginx_ComeOutOfTheCollector()
    {
        await using var pod = await RunningPod.StartAsync(await Samples.UnprivilegedCollectorAsync());
        using var traffic = new PodTraffic(pod.Address(8080));

        await traffic.SendAsync(HttpMethod.Get, "/", 5);

        await Eventually.True(async () => (await LogLines.CatAsync(pod)).Length == 5);
        await Sealed.AssertAsync(pod);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_UnderTraffic_LosesNoLine(bool plain)
    {
        var manifest = plain ? await Samples.PlainAsync("nginx-collector") : Samples.Native("nginx-collector");
        await using var pod = await RunningPod.StartAsync(manifest);

        await Stopping.AssertNothingIsLostAsync(pod, pod.Address(80));
    }

    private static async Task<string[]> CatAsync(RunningPod pod, params string[] flags) =>
        (await pod["log-collector"].ExecAsync(["collector", "cat", .. flags, "/var/log/collector.log"])).StandardOutput.TrimEnd('\n').Split('\n');
}
