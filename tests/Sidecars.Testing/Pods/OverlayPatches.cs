using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.JsonPatch.SystemTextJson;
using YamlDotNet.Serialization;

namespace Sidecars.Testing.Pods;

/// <summary>
/// The part of kustomize that the shipped overlays use: one sample file as resource, and JSON patches (RFC 6902) of its pod.
/// Anything else in an overlay is an exception.
/// </summary>
public static class OverlayPatches
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    public static Manifest Render(string folder)
    {
        var overlay = JsonSerializer.Deserialize<Overlay>(AsJson(File.ReadAllText(Path.Combine(folder, "kustomization.yaml"))), Strict)!;
        var manifest = Manifest.Load(Path.Combine(folder, overlay.Resources.Single()));
        foreach (var patch in overlay.Patches)
        {
            var pod = manifest.Pod.Name() == patch.Target.Name && patch.Target.Kind == "Pod"
                ? manifest.Pod
                : throw new InvalidOperationException($"{folder}: no {patch.Target.Kind} named {patch.Target.Name}");
            Apply(patch.Patch, pod);
        }

        return Manifest.Parse(string.Join("\n---\n", manifest.Objects.Select(o => KubernetesYaml.Serialize(o))));
    }

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    private static void Apply(string patch, V1Pod pod)
    {
        var document = JsonSerializer.Deserialize<JsonPatchDocument<V1Pod>>(AsJson(patch))!;
        document.ApplyTo(pod);
    }

    private static string AsJson(string yaml) => Json.Serialize(Yaml.Deserialize<object>(yaml));

    private sealed record Overlay(string ApiVersion, string Kind, IReadOnlyList<string> Resources, IReadOnlyList<OverlayPatch> Patches);

    private sealed record OverlayPatch(PatchTarget Target, string Patch);

    private sealed record PatchTarget(string Kind, string Name);
}
