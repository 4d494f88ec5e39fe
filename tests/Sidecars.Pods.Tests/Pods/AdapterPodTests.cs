using Sidecars.Pods.Tests.Manifests;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary><c>nginx-adapter.yaml</c>: nginx's traffic as metrics.</summary>
public sealed class AdapterPodTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_ToNginx_AreCountedByMethodAndStatus(bool plain)
    {
        var manifest = plain ? await Samples.PlainAsync("nginx-adapter") : Samples.Native("nginx-adapter");
        await using var pod = await RunningPod.StartAsync(manifest);

        await Counts.AssertAsync(pod);
        await Sealed.AssertAsync(pod);
        await Probing.AssertAsync(pod);
        Assert.All(await pod.StopAsync(), end => Assert.Equal((end.Name, 0L), (end.Name, end.ExitCode)));
    }
}
