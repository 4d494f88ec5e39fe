namespace Sidecars.Common.Tailing;

/// <summary>
/// Contiguous bytes of one file that are whole lines, or one piece of a line when <see cref="IsWhole"/> is false. Valid until the
/// next read of the <see cref="LineReader"/> that gave it.
/// </summary>
public readonly struct LineBlock
{
    private readonly ReadOnlyMemory<byte> _withWindow;
    private readonly int _before;

    internal LineBlock(TailPosition position, ReadOnlyMemory<byte> withWindow, bool reachedEnd)
    {
        File = position.File;
        Generation = position.Generation;
        Start = position.Offset;
        ReachedEnd = reachedEnd;
        _withWindow = withWindow;
        _before = position.Window.Length;
    }

    private LineBlock(in LineBlock whole, int length)
    {
        this = whole;
        ReachedEnd = whole.ReachedEnd && length == whole.Bytes.Length;
        _withWindow = whole._withWindow[..(whole._before + length)];
    }

    /// <summary>The file.</summary>
    public FileFollower File { get; }

    /// <summary>The bytes exactly as they stand in the file, terminators included.</summary>
    public ReadOnlyMemory<byte> Bytes => _withWindow[_before..];

    /// <summary>The offset of the first byte in the file.</summary>
    public long Start { get; }

    /// <summary>The offset behind the last byte.</summary>
    public long End => Start + Bytes.Length;

    /// <summary>False for a last line without its newline (asked for) and for a piece of a line over the limit.</summary>
    public bool IsWhole => Bytes.Length > 0 && Bytes.Span[^1] == (byte)'\n';

    /// <summary>
    /// The read reached the end of the file: what comes later will be told by the feed, so there is no need to read again at once.
    /// An unfinished last line may be left behind the block.
    /// </summary>
    public bool ReachedEnd { get; }

    internal int Generation { get; }

    /// <summary>The fingerprint of the bytes just before the end.</summary>
    internal Fingerprint Window => Fingerprint.OfEnd(_withWindow.Span);

    /// <summary>The beginning of the block: its first bytes, as many as are done with. A position that advances behind it goes on there.</summary>
    public LineBlock First(int length) => new(this, length);

    /// <summary>How many lines (or pieces) there are.</summary>
    public int CountLines() => Bytes.Span.Count((byte)'\n') + (IsWhole || Bytes.IsEmpty ? 0 : 1);

    /// <summary>The lines, one after the other.</summary>
    public LineEnumerator GetEnumerator() => new(Bytes.Span, Start);
}
