using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Shaping;

/// <summary>A text with places for fields in braces: <c>{pod}/{file_name}</c>; <c>{{</c> is a brace. A missing field leaves nothing.</summary>
internal sealed class TextTemplate
{
    private const string FileName = "file_name";

    private readonly byte[][] _literals;
    private readonly int _literalLength;
    private readonly string[] _names;
    private readonly RecordFields _fields;

    private TextTemplate(List<string> literals, List<string> names)
    {
        _literals = [.. literals.Select(Encoding.UTF8.GetBytes)];
        _literalLength = _literals.Sum(literal => literal.Length);
        _names = [.. names];
        _fields = new RecordFields(names.Select(name => name == FileName ? "file" : name));
    }

    /// <summary>Reads a template; false with what is wrong.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out TextTemplate? template, [NotNullWhen(false)] out string? error)
    {
        var (literals, names, literal) = (new List<string>(), new List<string>(), new StringBuilder());
        (template, error) = (null, null);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '{' or '}' && at + 1 < text.Length && text[at + 1] == text[at])
            {
                literal.Append(text[at++]);
                continue;
            }

            if (text[at] != '{')
            {
                literal.Append(text[at]);
                continue;
            }

            var end = text.IndexOf('}', at);
            if (end <= at + 1)
            {
                error = $"the brace at character {at + 1} is not closed around a field's name; write {{name}}, or {{{{ for a brace";
                return false;
            }

            literals.Add(literal.ToString());
            literal.Clear();
            names.Add(text[(at + 1)..end]);
            at = end;
        }

        literals.Add(literal.ToString());
        template = new TextTemplate(literals, names);
        return true;
    }

    /// <summary>The text for a record; it lives as long as the record's fields.</summary>
    public ArraySegment<byte> Render(LogRecord record)
    {
        if (_names.Length == 0)
        {
            return _literals[0];
        }

        _fields.Record = record;
        var length = _literalLength;
        for (var i = 0; i < _names.Length; i++)
        {
            length += Value(i).Length;
        }

        var rendered = record.Fields.Rent(length);
        var rest = rendered.AsSpan();
        for (var i = 0; i < _literals.Length; i++)
        {
            rest = Append(rest, _literals[i]);
            rest = i < _names.Length ? Append(rest, Value(i)) : rest;
        }

        return rendered;
    }

    private ReadOnlySpan<byte> Value(int index)
    {
        var isThere = _fields.TryGet(index, default, out var value);
        return !isThere ? default : _names[index] == FileName ? value[(value.LastIndexOf((byte)'/') + 1)..] : value;
    }

    private static Span<byte> Append(Span<byte> rest, ReadOnlySpan<byte> text)
    {
        text.CopyTo(rest);
        return rest[text.Length..];
    }
}
