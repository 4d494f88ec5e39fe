namespace Sidecars.Common.Parsing;

/// <summary>
/// Lines as a web server's <c>log_format</c> lays them out. Each variable that has a value becomes a field of its name: nginx's escapes
/// are taken back, numeric variables are numbers where a number stands, and what the server had no value for (<c>-</c>) is left out.
/// </summary>
internal sealed class LogFormatParser : LineParser
{
    private readonly LogFormat _format;
    private readonly FieldName[] _names;
    private readonly bool[] _numeric;
    private readonly FieldSpan[] _values;

    public LogFormatParser(string name, LogFormat format)
    {
        Name = name;
        _format = format;
        _names = [.. format.Variables.Select(FieldName.Of)];
        _numeric = [.. format.Variables.Select(NumericVariables.Contains)];
        _values = new FieldSpan[_names.Length];
    }

    public override string Name { get; }

    public LogFormat Layout => _format;

    public override IReadOnlyList<string> Fields => _format.Variables;

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        if (!_format.Scan(line, _values).IsMatch)
        {
            return false;
        }

        var mayBeEscaped = LogEscapes.IsEscaped(_format.Escape, line);
        for (var i = 0; i < _values.Length; i++)
        {
            var value = line.Slice(_values[i].Start, _values[i].Length);
            if (!LogValue.IsMissing(value))
            {
                Add(_names[i], value, _numeric[i], mayBeEscaped, fields);
            }
        }

        return true;
    }

    public override string Explain(ArraySegment<byte> line) => _format.Explain(_format.Scan(line, _values));

    private void Add(FieldName name, ArraySegment<byte> value, bool numeric, bool mayBeEscaped, FieldSet fields)
    {
        if (numeric && NumberText.IsPlain(value))
        {
            fields.Add(name, value, FieldKind.Number);
        }
        else if (mayBeEscaped && LogEscapes.IsEscaped(_format.Escape, value))
        {
            var plain = fields.Rent(value.Count);
            fields.Add(name, plain[..LogEscapes.Unescape(_format.Escape, value, plain)]);
        }
        else
        {
            fields.Add(name, value);
        }
    }
}
