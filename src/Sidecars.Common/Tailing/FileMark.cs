namespace Sidecars.Common.Tailing;

/// <summary>
/// By what the bytes up to a place are known again after a restart: the first bytes of the file, and those just before the place. A
/// file that was truncated, replaced or truncated and grown again past the place differs in one of them.
/// </summary>
/// <param name="Offset">The first byte that is not done with.</param>
/// <param name="Head">The fingerprint of the first bytes of the file, at most those before the place.</param>
/// <param name="Window">The fingerprint of the bytes just before the place.</param>
public readonly record struct FileMark(long Offset, Fingerprint Head, Fingerprint Window)
{
    /// <summary>The mark of a position. The head is read from the file only while it grows; <paramref name="earlier"/> is the mark before, in the same bytes.</summary>
    public static FileMark Of(TailPosition position, FileMark? earlier)
    {
        ArgumentNullException.ThrowIfNull(position);
        return new FileMark(position.Offset, HeadOf(position, earlier), position.Window);
    }

    /// <summary>Whether a file still begins with what was read up to the place. True also when it cannot be read: reading it further will tell why.</summary>
    public bool IsIn(FileFollower file) => Compare(file) != false;

    /// <summary>The same; null when the file cannot be read.</summary>
    public bool? Compare(FileFollower file)
    {
        ArgumentNullException.ThrowIfNull(file);
        Span<byte> bytes = stackalloc byte[Fingerprint.MaximumLength];
        try
        {
            var head = bytes[..Head.Length];
            if (Head.Length > 0 && !Head.Matches(head[..file.Read(head, 0)]))
            {
                return false;
            }

            var window = bytes[..Window.Length];
            return Window.Length == 0 || Window.Matches(window[..file.Read(window, Offset - Window.Length)]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static Fingerprint HeadOf(TailPosition position, FileMark? earlier)
    {
        var length = (int)Math.Min(position.Offset, Fingerprint.MaximumLength);
        if (earlier is { } before && before.Head.Length == length && before.Offset <= position.Offset)
        {
            return before.Head;
        }

        Span<byte> head = stackalloc byte[Fingerprint.MaximumLength];
        try
        {
            return Fingerprint.OfEnd(head[..position.File.Read(head[..length], 0)]);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return earlier?.Head ?? default;
        }
    }
}
