using k8s;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>A manifest file as the typed Kubernetes model sees it: an unknown field or a duplicate key is an exception.</summary>
public sealed class Manifest
{
    private static readonly Dictionary<string, Type> CustomTypes = new()
    {
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
    };

    private Manifest(IReadOnlyList<object> objects) => Objects = objects;

    /// <summary>Every object of the file, in its order.</summary>
    public IReadOnlyList<object> Objects { get; }

    /// <summary>The one pod of the file.</summary>
    public V1Pod Pod => Objects.OfType<V1Pod>().Single();

    /// <summary>The file's ConfigMaps.</summary>
    public IEnumerable<V1ConfigMap> ConfigMaps => Objects.OfType<V1ConfigMap>();

    /// <summary>Parses the documents of one YAML text.</summary>
    public static Manifest Parse(string yaml) => new(KubernetesYaml.LoadAllFromString(yaml, CustomTypes, strict: true));

    /// <summary>Reads a manifest file.</summary>
    public static Manifest Load(string file) => Parse(File.ReadAllText(file));

    /// <summary>A ConfigMap by name; a name that the file lacks is an exception.</summary>
    public V1ConfigMap ConfigMap(string name) => ConfigMaps.FirstOrDefault(map => map.Name() == name)
        ?? throw new InvalidOperationException($"the manifest has no ConfigMap '{name}'; it has: {string.Join(", ", ConfigMaps.Select(map => map.Name()))}");
}
