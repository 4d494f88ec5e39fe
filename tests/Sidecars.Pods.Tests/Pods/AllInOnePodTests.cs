using Sidecars.Pods.Tests.Manifests;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary><c>nginx-all.yaml</c>: the three beside one nginx do together what each does alone.</summary>
public sealed class AllInOnePodTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AllThree_BesideOneNginx_DoTheirWorkAndLoseNothingAtTheEnd(bool plain)
    {
        var manifest = plain ? await Samples.PlainAsync("nginx-all") : Samples.Native("nginx-all");
        await using var outside = await OutsideServices.StartAsync();
        await using var pod = await RunningPod.StartAsync(manifest, outside.Settings);

        await Counts.AssertAsync(pod);
        await Calls.AssertAsync(pod);
        await Eventually.True(async () => (await LogLines.CatAsync(pod)).SequenceEqual(LogLines.Written(pod)));
        await Sealed.AssertAsync(pod);
        await Probing.AssertAsync(pod);
        await Stopping.AssertNothingIsLostAsync(pod, pod.Address(8080));
    }
}
