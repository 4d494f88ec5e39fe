namespace Sidecars.Common.Parsing;

/// <summary>Lines of comma-separated values (RFC 4180, one record a line) whose columns have the given names.</summary>
internal sealed class CsvParser(IReadOnlyList<string> columns, byte delimiter) : CursorParser("csv")
{
    private readonly FieldName?[] _names = [.. columns.Select(column => column.Length == 0 ? null : FieldName.Of(column))];

    public override IReadOnlyList<string> Fields => [.. columns.Where(column => column.Length > 0)];

    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (i > 0 && !cursor.TryByte(delimiter))
            {
                return $"column {i + 1} of {_names.Length} is missing";
            }

            if (!TryReadValue(ref cursor, _names[i], fields))
            {
                return "the quoted value is not closed";
            }
        }

        return cursor.IsAtEnd ? null : $"the line has more than {_names.Length} columns";
    }

    private bool TryReadValue(ref LineCursor cursor, FieldName? name, FieldSet fields)
    {
        var value = cursor.Rest;
        var kind = FieldKind.Text;
        if (cursor.Next == '"')
        {
            if (!TryQuotedLength(value, out var length, out var hasQuotes))
            {
                return false;
            }

            value = value.Slice(1, length);
            cursor.At += length + 2;
            value = hasQuotes ? WithoutDoubled(value, fields) : value;
        }
        else
        {
            var length = value.AsSpan().IndexOf(delimiter);
            value = length < 0 ? value : value[..length];
            cursor.At += value.Count;
            kind = BareValue.KindOf(value);
        }

        if (name is not null)
        {
            fields.Add(name, value, kind);
        }

        return true;
    }

    private static bool TryQuotedLength(ReadOnlySpan<byte> text, out int length, out bool hasQuotes)
    {
        hasQuotes = false;
        var at = 1;
        while (true)
        {
            var quote = text[at..].IndexOf((byte)'"');
            if (quote < 0)
            {
                length = 0;
                return false;
            }

            at += quote;
            if (at + 1 == text.Length || text[at + 1] != '"')
            {
                length = at - 1;
                return true;
            }

            hasQuotes = true;
            at += 2;
        }
    }

    private static ArraySegment<byte> WithoutDoubled(ReadOnlySpan<byte> value, FieldSet fields)
    {
        var plain = fields.Rent(value.Length);
        var written = 0;
        for (var at = 0; at < value.Length; at++)
        {
            plain[written++] = value[at];
            at += value[at] == '"' ? 1 : 0;
        }

        return plain[..written];
    }
}
