namespace Sidecars.Common.Parsing;

/// <summary>A place in a line that moves over its parts; what cannot be passed leaves it where it is.</summary>
internal struct LineCursor(ArraySegment<byte> line)
{
    private readonly ArraySegment<byte> _line = line;

    public int At { get; set; }

    public readonly bool IsAtEnd => At == _line.Count;

    public readonly byte Next => At < _line.Count ? _line[At] : default;

    public readonly ArraySegment<byte> Rest => _line[At..];

    public readonly ArraySegment<byte> From(int start) => _line[start..At];

    public bool TryLiteral(ReadOnlySpan<byte> literal)
    {
        if (!Rest.AsSpan().StartsWith(literal))
        {
            return false;
        }

        At += literal.Length;
        return true;
    }

    public bool TryByte(byte expected)
    {
        if (IsAtEnd || _line[At] != expected)
        {
            return false;
        }

        At++;
        return true;
    }

    /// <summary>The text before the next <paramref name="end"/>, which is passed too.</summary>
    public bool TryUntil(ReadOnlySpan<byte> end, out ArraySegment<byte> value)
    {
        var length = Rest.AsSpan().IndexOf(end);
        if (length < 0)
        {
            value = default;
            return false;
        }

        value = _line.Slice(At, length);
        At += length + end.Length;
        return true;
    }

    public bool TryDigits(out ArraySegment<byte> digits)
    {
        var start = At;
        var at = At;
        NumberText.SkipDigits(_line, ref at);
        At = at;
        digits = From(start);
        return digits.Count > 0;
    }

    /// <summary>The text up to the next blank or the end.</summary>
    public ArraySegment<byte> Word()
    {
        var length = Rest.AsSpan().IndexOfAny(" \t\n"u8);
        var word = _line.Slice(At, length < 0 ? _line.Count - At : length);
        At += word.Count;
        return word;
    }

    public void SkipBlanks()
    {
        while (At < _line.Count && _line[At] is (byte)' ' or (byte)'\t')
        {
            At++;
        }
    }
}
