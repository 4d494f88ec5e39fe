using Sidecars.Common.Tailing;

namespace Sidecars.Adapter.Sources;

/// <summary>Reads a whole file of bounded size and age. What is no regular file is not opened: a pipe could hold the reader for ever.</summary>
internal static class StatusFile
{
    public const int Longest = 4 * 1024 * 1024;

    /// <summary>The text, or why there is none: <c>missing</c>, <c>read</c>, <c>stale</c> or <c>too_large</c>; with the time of the last change, where it is known.</summary>
    public static (PageAnswer Answer, DateTimeOffset? Modified) Read(string path, TimeSpan? maxAge, DateTimeOffset now)
    {
        if (FileStatus.Of(path) is not { } status)
        {
            return (Failure("missing", $"{path} cannot be seen"), null);
        }

        if (!status.IsRegular)
        {
            return (Failure("read", $"{path} is no regular file"), null);
        }

        var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
        if (maxAge is { } most && now - modified > most)
        {
            return (Failure("stale", $"{path} was last written {(now - modified).TotalSeconds:0} s ago"), modified);
        }

        try
        {
            return (Read(path), modified);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (Failure("read", e.Message), modified);
        }
    }

    /// <summary>To the end, not to the size that it says: a file in /proc says 0.</summary>
    private static PageAnswer Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var text = new byte[4096];
        var length = 0;
        while (file.Read(text, length, text.Length - length) is > 0 and var read)
        {
            length += read;
            if (length > Longest)
            {
                return Failure("too_large", $"{path} is longer than {Longest} bytes");
            }

            if (length == text.Length)
            {
                Array.Resize(ref text, text.Length * 2);
            }
        }

        return new PageAnswer(text.AsMemory(0, length), null, "");
    }

    private static PageAnswer Failure(string reason, string detail) => new(default, reason, detail);
}
