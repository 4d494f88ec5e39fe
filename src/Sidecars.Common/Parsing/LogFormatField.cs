using System.Text;

namespace Sidecars.Common.Parsing;

/// <summary>One variable of a format and the literal text behind it, which ends its value.</summary>
internal sealed class LogFormatField
{
    private const byte Backslash = (byte)'\\';

    private readonly byte[] _literal;
    private readonly byte _first;
    private readonly FieldShape _shape;
    private readonly bool _isList;
    private readonly bool _escapesQuote;
    private readonly LogFormatField? _next;
    private readonly bool _isPlain;

    public LogFormatField(string name, string literal, LogEscape escape, LogFormatField? next)
    {
        Name = name;
        Literal = literal;
        _literal = Encoding.UTF8.GetBytes(literal);
        _first = _literal.Length > 0 ? _literal[0] : default;
        _shape = FieldShapes.Of(name);
        _isList = FieldShapes.IsUpstreamList(name);
        // Under escape=json and with Apache a quote within a value is \", so only a quote without the backslash can end the value.
        _escapesQuote = escape is LogEscape.Json or LogEscape.Apache && _first == (byte)'"';
        _next = next;
        _isPlain = !_isList && !_escapesQuote && next?._shape is null or FieldShape.Any;
    }

    public string Name { get; }

    public string Literal { get; }

    public int LiteralLength => _literal.Length;

    /// <summary>The index at which the value that begins at <paramref name="start"/> ends; -1 when the line has no such end.</summary>
    public int FindEnd(ReadOnlySpan<byte> line, int start)
    {
        if (_shape != FieldShape.Any && FitsAt(line, start))
        {
            return start + FieldShapes.Width(_shape);
        }

        var first = FindLiteral(line, start);
        return first < 0 || _isPlain || IsEnd(line, start, first) ? first : FindBetterEnd(line, start, first);
    }

    /// <summary>As <see cref="FindEnd"/> for the last variable: its value takes all but the literal at the end of the line.</summary>
    public int FindLastEnd(ReadOnlySpan<byte> line, int start)
    {
        var end = line.Length - _literal.Length;
        return end >= start && line[end..].SequenceEqual(_literal) ? end : -1;
    }

    /// <summary>Whether a value of this field's known shape begins at <paramref name="start"/> and its literal follows.</summary>
    private bool FitsAt(ReadOnlySpan<byte> line, int start)
    {
        var width = FieldShapes.Width(_shape);
        if (start + width + _literal.Length > line.Length || !FieldShapes.Fits(_shape, line.Slice(start, width)))
        {
            return false;
        }

        var rest = line[(start + width)..];
        return _next is null ? rest.SequenceEqual(_literal) : rest.StartsWith(_literal);
    }

    private int FindLiteral(ReadOnlySpan<byte> line, int from)
    {
        while (true)
        {
            var found = line[from..].IndexOf(_first);
            if (found < 0)
            {
                return -1;
            }

            from += found;
            if (_literal.Length == 1 || line[from..].StartsWith(_literal))
            {
                return from;
            }

            from++;
        }
    }

    /// <summary>The first end was no good: looks for a later one, and takes the first after all when the rest of the line has none.</summary>
    private int FindBetterEnd(ReadOnlySpan<byte> line, int start, int first)
    {
        var end = first;
        while (end >= 0 && !IsEnd(line, start, end))
        {
            end = FindLiteral(line, end + 1);
        }

        return end >= 0 || _escapesQuote ? end : first;
    }

    private bool IsEnd(ReadOnlySpan<byte> line, int start, int end)
    {
        if (_escapesQuote && IsEscaped(line[start..end]))
        {
            return false;
        }

        if (_isList && FieldShapes.ContinuesList(line, start, end, _literal))
        {
            return false;
        }

        return _next is null || _next._shape == FieldShape.Any || _next.FitsAt(line, end + _literal.Length);
    }

    /// <summary>Whether an odd number of backslashes ends the value.</summary>
    private static bool IsEscaped(ReadOnlySpan<byte> value)
    {
        var backslashes = value.Length - 1 - value.LastIndexOfAnyExcept(Backslash);
        return (backslashes & 1) == 1;
    }
}
