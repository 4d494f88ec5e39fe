using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>The pod's volumes as folders of this host: an emptyDir is an open folder, a ConfigMap is laid out as the kubelet does.</summary>
internal sealed class PodVolumes : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly Dictionary<string, string> _folders = [];
    private readonly Dictionary<string, ConfigMapVolume> _configMaps = [];

    public PodVolumes(Manifest manifest)
    {
        // The engine's containers run as users that could not look into a private folder.
        Open(_root.Path);
        try
        {
            foreach (var volume in manifest.Pod.Spec.Volumes ?? [])
            {
                _folders.Add(volume.Name, Make(volume, manifest));
            }
        }
        catch
        {
            _root.Dispose();
            throw;
        }
    }

    /// <summary>Where the volume is on this host.</summary>
    public string Folder(string volume) => _folders.TryGetValue(volume, out var folder)
        ? folder
        : throw new InvalidOperationException($"the pod has no volume '{volume}'; it has: {string.Join(", ", _folders.Keys)}");

    public ConfigMapVolume ConfigMap(string volume) => _configMaps[volume];

    /// <summary>The container's mounts in the engine's form, host:container:mode.</summary>
    public IList<string> Binds(V1Container container) => [.. (container.VolumeMounts ?? []).Select(Bind)];

    public void Dispose() => _root.Dispose();

    private string Bind(V1VolumeMount mount)
    {
        var folder = Folder(mount.Name);
        var source = mount.SubPath is null ? folder : Path.Combine(folder, mount.SubPath);
        if (mount.SubPath is not null && File.ResolveLinkTarget(source, returnFinalTarget: true) is { } target)
        {
            source = target.FullName;
        }

        var readOnly = mount.ReadOnlyProperty == true || _configMaps.ContainsKey(mount.Name);
        return $"{source}:{mount.MountPath}:{(readOnly ? "ro" : "rw")}";
    }

    private static void Open(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            const int Everything = 0b111_111_111;
            File.SetUnixFileMode(folder, (UnixFileMode)Everything);
        }
    }

    private string Make(V1Volume volume, Manifest manifest)
    {
        var folder = Path.Combine(_root.Path, volume.Name);
        if (volume.EmptyDir is not null)
        {
            Directory.CreateDirectory(folder);
            Open(folder);
        }
        else if (volume.ConfigMap is { } source)
        {
            var data = manifest.ConfigMap(source.Name).Data;
            var items = source.Items?.ToDictionary(item => item.Path, item => data[item.Key]) ?? data;
            _configMaps.Add(volume.Name, new ConfigMapVolume(folder, items.ToDictionary()));
        }
        else
        {
            throw new NotSupportedException($"volume '{volume.Name}': only emptyDir and configMap are played");
        }

        return folder;
    }
}
