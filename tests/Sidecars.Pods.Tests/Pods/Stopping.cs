using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary>The end of a pod, with requests up to nginx's last moment.</summary>
internal static class Stopping
{
    public static async Task AssertNothingIsLostAsync(RunningPod pod, Uri nginx)
    {
        using var traffic = new PodTraffic(nginx);
        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => traffic.SendUntilGoneAsync("/", atMost: 5000)));
        await Eventually.True(() => traffic.Count >= 200);

        var ends = await pod.StopAsync();
        await sending;

        var written = LogLines.Written(pod);
        Assert.True(written.Length >= traffic.Count, $"nginx answered {traffic.Count} requests and logged {written.Length}");
        Assert.Equal(written, LogLines.Kept(pod));
        Assert.Equal(written, await LogLines.LoggedAsync(pod));
        Assert.All(ends, end => Assert.Equal((end.Name, 0L), (end.Name, end.ExitCode)));
        Assert.All(ends, end => Assert.InRange(end.Took, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        if (pod["log-collector"].Role == ContainerRole.Sidecar)
        {
            Assert.Equal("log-collector", ends[^1].Name);
        }
    }
}
