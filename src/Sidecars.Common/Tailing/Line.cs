namespace Sidecars.Common.Tailing;

/// <summary>One line of a file.</summary>
public readonly ref struct Line(ReadOnlySpan<byte> text, long offset)
{
    /// <summary>The text without its terminator: a newline, or a carriage return and a newline.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>The offset of the first byte in the file.</summary>
    public long Offset { get; } = offset;
}

/// <summary>Walks over the lines of a block.</summary>
public ref struct LineEnumerator
{
    private readonly LineBlock _block;
    private ReadOnlySpan<byte> _rest;
    private int _at;
    private long _next;

    internal LineEnumerator(LineBlock block)
    {
        _block = block;
        _rest = block.Bytes.Span;
        _next = block.Start;
        Current = default;
    }

    /// <summary>The line.</summary>
    public Line Current { get; private set; }

    /// <summary>Goes to the next line.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var end = _rest.IndexOf((byte)'\n');
        var text = end < 0 ? _rest : _rest[..end];
        var consumed = end < 0 ? _rest.Length : end + 1;
        Current = new Line(end > 0 && text[^1] == (byte)'\r' ? text[..^1] : text, _next);
        _rest = _rest[consumed..];
        _next += _block.FileLength(_at, consumed);
        _at += consumed;
        return true;
    }
}
