using System.Diagnostics;
using System.Globalization;

namespace Sidecars.Faults;

/// <summary>
/// A volume with limited room: a tmpfs in a mount namespace that only its holder, and who is started through <see cref="Enter"/>,
/// lives in. It is gone with them; nothing is mounted on the machine.
/// </summary>
internal sealed class PrivateVolume : IAsyncDisposable
{
    private readonly Process _holder;

    private PrivateVolume(Process holder, string inside) => (_holder, Inside) = (holder, inside);

    /// <summary>The path of the volume for those who live in the namespace.</summary>
    public string Inside { get; }

    /// <summary>The path of the volume for everybody else.</summary>
    public string Outside => $"/proc/{_holder.Id.ToString(CultureInfo.InvariantCulture)}/root{Inside}";

    /// <summary>The beginning of a command line that starts a program in the namespace.</summary>
    public IReadOnlyList<string> Enter =>
    [
        "/usr/bin/nsenter", "--target", _holder.Id.ToString(CultureInfo.InvariantCulture), .. Environment.IsPrivilegedProcess ? [] : new[] { "--user", "--preserve-credentials" }, "--mount", "--",
    ];

    /// <summary>Mounts one over a folder.</summary>
    public static async Task<PrivateVolume> MountAsync(string folder, long bytes)
    {
        var start = new ProcessStartInfo("/usr/bin/unshare") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            .. Environment.IsPrivilegedProcess ? [] : new[] { "--user", "--map-root-user" },
            "--mount", "--propagation", "private", "sh", "-c",
            $"mount -t tmpfs -o size={bytes.ToString(CultureInfo.InvariantCulture)},mode=0755 none \"$0\" && echo mounted && exec sleep infinity", folder,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        var holder = Process.Start(start) ?? throw new InvalidOperationException("unshare was not started");
        var volume = new PrivateVolume(holder, folder);
        if (await holder.StandardOutput.ReadLineAsync().ConfigureAwait(false) != "mounted")
        {
            var error = await holder.StandardError.ReadToEndAsync().ConfigureAwait(false);
            await volume.DisposeAsync().ConfigureAwait(false);
            throw new InvalidOperationException($"no volume can be mounted in a namespace here: {error}");
        }

        return volume;
    }

    /// <summary>The bytes that it has in use.</summary>
    public long UsedBytes
    {
        get
        {
            var drive = new DriveInfo(Outside);
            return drive.TotalSize - drive.TotalFreeSpace;
        }
    }

    /// <summary>Fills what room there is; returns the file to delete.</summary>
    public string Fill()
    {
        var path = Path.Combine(Outside, "ballast");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var page = new byte[4096];
        try
        {
            for (long at = 0; ; at += page.Length)
            {
                RandomAccess.Write(file, page, at);
            }
        }
        catch (IOException)
        {
            return path;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_holder.HasExited)
        {
            _holder.Kill();
        }

        await _holder.WaitForExitAsync().ConfigureAwait(false);
        _holder.Dispose();
    }
}
