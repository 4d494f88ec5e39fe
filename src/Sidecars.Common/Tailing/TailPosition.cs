namespace Sidecars.Common.Tailing;

/// <summary>
/// The place one reader reached in one file: the next line begins at <see cref="Offset"/>. It also keeps a fingerprint of the bytes
/// just before that place, which <see cref="LineReader"/> compares with every read.
/// </summary>
public sealed class TailPosition
{
    /// <summary>A place to begin at: the start, or the file's <see cref="FileFollower.StartOffset"/>.</summary>
    public TailPosition(FileFollower file, long offset)
        : this(file, offset, new Fingerprint(0, 0))
    {
    }

    /// <summary>A place reached earlier, with the fingerprint of the bytes before it.</summary>
    public TailPosition(FileFollower file, long offset, Fingerprint window)
    {
        ArgumentNullException.ThrowIfNull(file);
        File = file;
        Offset = offset;
        Window = window;
        Generation = file.Generation;
    }

    /// <summary>The file.</summary>
    public FileFollower File { get; }

    /// <summary>The first byte that is not done with.</summary>
    public long Offset { get; private set; }

    /// <summary>The fingerprint of the bytes just before <see cref="Offset"/>.</summary>
    public Fingerprint Window { get; private set; }

    /// <summary>The generation of the file that the place belongs to.</summary>
    public int Generation { get; private set; }

    /// <summary>Bytes that were seen to exist and were truncated away before they were read; since the start.</summary>
    public long TruncatedUnread { get; private set; }

    /// <summary>The lines that were taken from the file since this place is held; for people to see.</summary>
    public long Lines { get; private set; }

    /// <summary>What is in the file behind this place, as of the last look at its size.</summary>
    public long Pending => Generation == File.Generation ? Math.Max(0, File.Size - Offset) : File.Size;

    /// <summary>Moves behind a block that is done with (delivered, counted); a block of an older generation moves nothing.</summary>
    public void Advance(in LineBlock block)
    {
        if (block.Generation == Generation)
        {
            Offset = block.End;
            Window = block.Window;
        }
    }

    /// <summary>Counts lines that were taken from the file.</summary>
    public void Count(long lines) => Lines += lines;

    internal void Restart()
    {
        TruncatedUnread += Math.Max(0, File.SizeBeforeTruncation - Offset);
        Offset = 0;
        Window = new Fingerprint(0, 0);
        Generation = File.Generation;
    }
}
