using System.Globalization;
using System.Runtime.InteropServices;

namespace Sidecars.Testing.Pods;

/// <summary>
/// A ConfigMap volume as the kubelet lays it out: the keys are links into <c>..data</c>, which is itself a link to a
/// folder of the current version, and an update swaps that one link, so that readers see all of the old or all of the new.
/// </summary>
public sealed partial class ConfigMapVolume
{
    private int _version;

    /// <summary>Makes the volume with its first version.</summary>
    public ConfigMapVolume(string folder, IReadOnlyDictionary<string, string> data)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        Update(data);
    }

    /// <summary>The volume's folder on this host.</summary>
    public string Folder { get; }

    /// <summary>Swaps in a new version.</summary>
    public void Update(IReadOnlyDictionary<string, string> data)
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"..version_{++_version:D4}");
        var versionFolder = Directory.CreateDirectory(Path.Combine(Folder, version)).FullName;
        foreach (var (key, text) in data)
        {
            File.WriteAllText(Path.Combine(versionFolder, key), text);
        }

        var current = Path.Combine(Folder, "..data");
        var previous = Directory.Exists(current) ? Directory.ResolveLinkTarget(current, returnFinalTarget: false) : null;
        var next = Path.Combine(Folder, "..data_tmp");
        File.CreateSymbolicLink(next, version);
        Swap(next, current);
        MatchKeys(data);
        if (previous is not null)
        {
            Directory.Delete(previous.FullName, recursive: true);
        }
    }

    private void MatchKeys(IReadOnlyDictionary<string, string> data)
    {
        foreach (var link in Directory.EnumerateFileSystemEntries(Folder).Where(entry => !Path.GetFileName(entry).StartsWith("..", StringComparison.Ordinal)))
        {
            if (!data.ContainsKey(Path.GetFileName(link)))
            {
                File.Delete(link);
            }
        }

        foreach (var key in data.Keys)
        {
            var link = Path.Combine(Folder, key);
            if (!File.Exists(link))
            {
                File.CreateSymbolicLink(link, $"..data/{key}");
            }
        }
    }

    // File.Move refuses a link to a folder, and the swap must be one step.
    private static void Swap(string from, string to)
    {
        if (Rename(from, to) != 0)
        {
            throw new IOException($"rename {from} to {to}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(string from, string to);
}
