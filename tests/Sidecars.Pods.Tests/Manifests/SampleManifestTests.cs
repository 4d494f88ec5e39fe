using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Manifests;

public sealed class SampleManifestTests
{
    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public void Sample_ParsedStrictly_KeepsEveryRule(string name)
    {
        var manifest = Samples.Native(name);

        Assert.Empty(ManifestRules.Breaches(manifest));
        Assert.Equal(name, manifest.Pod.Name());
        Assert.All(manifest.ConfigMaps, map => Assert.Equal(name, map.Name()));
    }

    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public async Task Overlay_Rendered_HasTheSameContainersAsPlainOnes(string name)
    {
        var native = Samples.Native(name);
        var plain = await Samples.PlainAsync(name);

        Assert.Empty(ManifestRules.Breaches(plain, native: false));
        foreach (var (container, _) in native.Pod.Spec.WithRoles())
        {
            container.RestartPolicy = null;
        }

        foreach (var container in plain.Pod.Spec.Containers)
        {
            // The one thing that plain containers have beside what native ones have.
            var kept = container.Env?.Where(variable => variable.Name != "SIDECARS_SHUTDOWN_DELAY").ToList();
            container.Env = kept is { Count: > 0 } ? kept : null;
        }

        native.Pod.Spec.Containers = [.. native.Pod.Spec.WithRoles().Select(entry => entry.Container)];
        native.Pod.Spec.InitContainers = null;
        Assert.Equal(native.Objects.Count, plain.Objects.Count);
        Assert.All(plain.Objects, rendered => Assert.Contains(native.Objects, original => Same(original, rendered)));
    }

    [Fact]
    public async Task UnprivilegedCollector_Rendered_IsRestrictedAsAWhole()
    {
        var manifest = await Samples.UnprivilegedCollectorAsync();

        Assert.Empty(ManifestRules.Breaches(manifest));
        Assert.All(manifest.Pod.Spec.WithRoles(), entry => Assert.DoesNotMatch("^nginx:", entry.Container.Image));
        Assert.True(manifest.Pod.Spec.SecurityContext.RunAsNonRoot);
    }

    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public async Task Overlay_RenderedByOurselves_IsWhatTheToolRenders(string name)
    {
        var byTheTool = (await Samples.PlainAsync(name)).Objects;

        var byOurselves = OverlayPatches.Render(Samples.Overlay(name)).Objects;

        Assert.Equal(byTheTool.Count, byOurselves.Count);
        Assert.All(byTheTool, rendered => Assert.Contains(byOurselves, own => Same(own, rendered)));
    }

    [Fact]
    public void Images_CarryTheVersionThatIsBuilt()
    {
        var properties = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        var version = properties.Split("<Version>")[1].Split("</Version>")[0];

        var images = Samples.Names.SelectMany(name => Samples.Native(name.Data).Pod.Spec.WithRoles()).Select(entry => entry.Container.Image)
            .Where(image => image.StartsWith("sidecars/", StringComparison.Ordinal));

        Assert.All(images, image => Assert.EndsWith(":" + version, image, StringComparison.Ordinal));
    }

    [Fact]
    public void PodMonitor_SelectsEverySampleAtItsAdminPorts()
    {
        var monitor = Samples.Monitor;
        var selected = monitor.Spec.Selector.MatchExpressions.Single();
        var scraped = monitor.Spec.PodMetricsEndpoints.Select(endpoint => endpoint.Port);

        foreach (var pod in Samples.Names.Select(name => Samples.Native(name.Data).Pod))
        {
            Assert.Contains(pod.Labels()[selected.Key], selected.Values);
            var admin = pod.Spec.WithRoles().SelectMany(entry => entry.Container.Ports ?? []).Where(port => SidecarFacts.All.Any(sidecar => sidecar.AdminPort == port.ContainerPort));
            Assert.All(admin, port => Assert.Contains(port.Name, scraped));
        }
    }

    [Fact]
    public void SharedBlocks_AreTheSameInEverySample()
    {
        var all = Samples.Native("nginx-all").Pod.Spec.InitContainers;

        foreach (var sidecar in SidecarFacts.All)
        {
            var alone = Samples.Native($"nginx-{sidecar.Image.Split('/')[1]}").Pod.Spec.InitContainers.Single();
            Assert.Equal(KubernetesJson.Serialize(alone), KubernetesJson.Serialize(all.Single(container => container.Name == sidecar.Container)));
        }
    }

    /// <summary>The tool sorts keys.</summary>
    private static bool Same(object one, object other) =>
        JsonNode.DeepEquals(JsonNode.Parse(KubernetesJson.Serialize(one)), JsonNode.Parse(KubernetesJson.Serialize(other)));
}
