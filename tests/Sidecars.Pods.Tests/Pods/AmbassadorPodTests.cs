using Sidecars.Pods.Tests.Manifests;
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
        await Sealed.AssertAsync(pod);
        await Probing.AssertAsync(pod);
        Assert.All(await pod.StopAsync(), end => Assert.Equal((end.Name, 0L), (end.Name, end.ExitCode)));
    }
}
