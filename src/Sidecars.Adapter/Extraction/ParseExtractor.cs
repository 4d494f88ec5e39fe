using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Extraction;

/// <summary>
/// Fields by a parser of lines. Where only the lines say which fields there are, any name may be asked for. It keeps what rules ask for
/// in memory of its own, the line and behind it what does not stand in the line itself, so a line costs no allocation.
/// </summary>
internal sealed class ParseExtractor : Extractor
{
    private static readonly FieldName Request = FieldName.Of("request");

    private readonly LineParser _parser;
    private readonly List<string> _fields = [];
    private readonly List<FieldName> _names = [];
    private readonly FieldSet _found = new();
    private byte[] _text = new byte[1024];
    private int _length;

    private ParseExtractor(LineParser parser) => _parser = parser;

    /// <summary>Why the rule was demoted to a slower engine, since this was last asked; null when it was not.</summary>
    public string? TakeDemotion() => Interlocked.Exchange(ref _demotion, null);

    private string? _demotion;

    public static ParseExtractor? Create(string spec, ParserSettings settings, out string mistake)
    {
        ParseExtractor? extractor = null;
        var isRight = LineParsers.TryCreate(spec, settings with { Flatten = true, Demoted = reason => extractor!._demotion = reason }, out var parser, out var error);
        mistake = error ?? "";
        extractor = isRight ? new ParseExtractor(parser!) : null;
        return extractor;
    }

    /// <summary>The fields that rules asked for.</summary>
    public override IReadOnlyList<string> Fields => _fields;

    /// <summary>The fields that lines can have, where the parser knows them beforehand.</summary>
    public IReadOnlyList<string> Known => _parser.Fields;

    public override LogEscape Escape => LogEscape.None;

    public override int IndexOf(string field)
    {
        var known = _parser.Fields;
        var isPart = FormatExtractor.RequestParts.Contains(field) && known.Contains("request");
        if (field.Length == 0 || (known.Count > 0 && !known.Contains(field) && !isPart))
        {
            return -1;
        }

        var index = _fields.IndexOf(field);
        if (index >= 0)
        {
            return index;
        }

        _fields.Add(field);
        _names.Add(FieldName.Of(field));
        return _fields.Count - 1;
    }

    /// <summary>Fills <paramref name="fields"/>, which has room for all <see cref="Fields"/>, over <paramref name="text"/>; false when the line is not of the format.</summary>
    public bool TryExtract(ReadOnlySpan<byte> line, Span<FieldSpan> fields, out ReadOnlySpan<byte> text)
    {
        _length = 0;
        Append(line);
        _found.Clear();
        var own = new ArraySegment<byte>(_text, 0, line.Length);
        if (!_parser.TryParse(own, _found))
        {
            text = default;
            return false;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Find(_names[i], own);
        }

        text = _text.AsSpan(0, _length);
        return true;
    }

    /// <summary>Everything that the parser found in the line last taken apart.</summary>
    public IEnumerable<(string Name, string Value)> Found() =>
        _found.All.ToArray().Select(field => (field.Name.Text, System.Text.Encoding.UTF8.GetString(field.Span)));

    public string Explain(ReadOnlySpan<byte> line) => _parser.Explain(line.ToArray());

    private FieldSpan Find(FieldName name, ArraySegment<byte> line)
    {
        var index = _found.IndexOf(name);
        if (index >= 0)
        {
            return _found[index].Kind == FieldKind.Null ? default : Place(_found[index].Value, line);
        }

        var part = Array.IndexOf(FormatExtractor.RequestParts, name.Text);
        var request = part < 0 ? -1 : _found.IndexOf(Request);
        if (request < 0)
        {
            return default;
        }

        var parts = RequestLine.Split(_found[request].Span);
        return Append(part switch { 0 => parts.Method, 1 => parts.Uri, _ => parts.Protocol });
    }

    private FieldSpan Place(ArraySegment<byte> value, ArraySegment<byte> line) =>
        value.Array == line.Array ? new FieldSpan(value.Offset, value.Count) : Append(value);

    private FieldSpan Append(ReadOnlySpan<byte> value)
    {
        if (_text.Length - _length < value.Length)
        {
            // the line's fields still point into the array before, whose bytes are the same
            Array.Resize(ref _text, Math.Max(2 * _text.Length, _length + value.Length));
        }

        value.CopyTo(_text.AsSpan(_length));
        _length += value.Length;
        return new FieldSpan(_length - value.Length, value.Length);
    }
}
