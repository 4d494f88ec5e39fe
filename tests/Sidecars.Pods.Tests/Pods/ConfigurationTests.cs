using Sidecars.Pods.Tests.Manifests;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary>What the samples configure, in variables and ConfigMaps, is what the sidecars themselves accept.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public async Task Configuration_OfEverySidecar_IsAcceptedByItsCheck(string name)
    {
        await using var pod = await RunningPod.StartAsync(Checking(Samples.Native(name)));

        Assert.All(pod.Containers, container => Assert.NotNull(SidecarFacts.Find(container.Name)));
    }

    [Fact]
    public async Task Configuration_WithAMistake_IsRefusedAtItsLine()
    {
        var spoiled = Samples.Text("nginx-ambassador").Replace("listen: 127.0.0.1:3306", "lisen: 127.0.0.1:3306", StringComparison.Ordinal);

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningPod.StartAsync(Checking(Manifest.Parse(spoiled))));

        Assert.Contains("ended with exit code 2", exception.Message, StringComparison.Ordinal);
        Assert.Matches(@"ambassador\.yaml:\d+:\d+: services\[1\]\.lisen: .*did you mean 'listen'", exception.Message);
    }

    /// <summary>The same pod, but each sidecar is an init container that runs its <c>check</c> to the end, and nothing else runs.</summary>
    private static Manifest Checking(Manifest manifest)
    {
        var spec = manifest.Pod.Spec;
        foreach (var container in spec.InitContainers)
        {
            container.RestartPolicy = null;
            container.Args = ["check"];
            container.StartupProbe = container.ReadinessProbe = container.LivenessProbe = null;
        }

        spec.Containers = [];
        return manifest;
    }
}
