using System.Text;

namespace Sidecars.Collector.Tests.Running;

/// <summary>Writers as applications are.</summary>
internal static class Writer
{
    /// <summary>Appends numbered lines, some thousands a second, until cancelled; returns how many it wrote.</summary>
    public static async Task<int> WriteAsync(string path, CancellationToken cancellationToken)
    {
        const int atOnce = 20;
        await using var file = Append(path);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var written = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            file.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(written, atOnce).Select(i => $"{i:000000}\n"))));
            written += atOnce;
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        return written;
    }

    /// <summary>As an application under logrotate: the file is renamed, some lines still go to the old one, then it is opened anew.</summary>
    public static async Task WriteRotatingAsync(string path, string[] lines, int linesPerFile, int lateLines)
    {
        var rotation = 0;
        foreach (var part in lines.Chunk(linesPerFile))
        {
            await using var file = Append(path);
            Write(file, part[..^lateLines]);
            File.Move(path, $"{path}.{rotation++}");
            Write(file, part[^lateLines..]);
        }
    }

    private static void Write(FileStream file, string[] lines)
    {
        foreach (var line in lines)
        {
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
    }

    private static FileStream Append(string path) =>
        new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
