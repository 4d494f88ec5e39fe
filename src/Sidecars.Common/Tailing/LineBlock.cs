namespace Sidecars.Common.Tailing;

/// <summary>
/// Contiguous bytes of one file that are whole lines, or one piece of a line when <see cref="IsWhole"/> is false. Valid until the
/// next read of the <see cref="LineReader"/> that gave it. Of a file in UTF-16 it has the text in UTF-8: then the places in the text
/// are others than those in the file.
/// </summary>
public readonly struct LineBlock
{
    private readonly ReadOnlyMemory<byte> _withWindow;
    private readonly int _before;
    private readonly ReadOnlyMemory<byte> _transcoded;
    private readonly bool _isTranscoded;

    internal LineBlock(TailPosition position, ReadOnlyMemory<byte> withWindow, bool reachedEnd, ReadOnlyMemory<byte>? transcoded = null)
    {
        File = position.File;
        Generation = position.Generation;
        Start = position.Offset;
        ReachedEnd = reachedEnd;
        _withWindow = withWindow;
        _before = position.Window.Length;
        _isTranscoded = transcoded is not null;
        _transcoded = transcoded.GetValueOrDefault();
    }

    private LineBlock(in LineBlock whole, int length)
    {
        this = whole;
        ReachedEnd = whole.ReachedEnd && length == whole.Bytes.Length;
        _withWindow = whole._withWindow[..(whole._before + whole.FileLength(0, length))];
        _transcoded = whole._isTranscoded ? whole._transcoded[..length] : default;
    }

    /// <summary>The file.</summary>
    public FileFollower File { get; }

    /// <summary>The text, terminators included: the bytes exactly as they stand in the file, unless that is in UTF-16.</summary>
    public ReadOnlyMemory<byte> Bytes => _isTranscoded ? _transcoded : _withWindow[_before..];

    /// <summary>How many bytes of the file it covers.</summary>
    public int Length => _withWindow.Length - _before;

    /// <summary>The offset of the first byte in the file.</summary>
    public long Start { get; }

    /// <summary>The offset behind the last byte.</summary>
    public long End => Start + Length;

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

    /// <summary>How many bytes of the file a part of <see cref="Bytes"/> stands for.</summary>
    public int FileLength(int start, int length)
    {
        if (!_isTranscoded || length == 0)
        {
            return length;
        }

        var bytes = 2 * Utf16Text.CountUnits(_transcoded.Span.Slice(start, length));
        bytes -= start == 0 ? (int)(Start & 1) : 0;
        return bytes - (start + length == _transcoded.Length ? (int)(End & 1) : 0);
    }

    /// <summary>The beginning of the block up to the end of the line in which a place of the file is; all of it when that line has no end here.</summary>
    public LineBlock Through(long offset)
    {
        var (text, file) = (0, Start);
        var bytes = Bytes.Span;
        while (text < bytes.Length && file < offset)
        {
            // what is as it stands in the file needs no counting
            var near = _isTranscoded ? text : (int)Math.Min(bytes.Length, offset - Start) - 1;
            var newline = bytes[near..].IndexOf((byte)'\n');
            var end = newline < 0 ? bytes.Length : near + newline + 1;
            file += FileLength(text, end - text);
            text = end;
        }

        return First(text);
    }

    /// <summary>How many lines (or pieces) there are.</summary>
    public int CountLines() => Bytes.Span.Count((byte)'\n') + (IsWhole || Bytes.IsEmpty ? 0 : 1);

    /// <summary>The lines, one after the other.</summary>
    public LineEnumerator GetEnumerator() => new(this);
}
