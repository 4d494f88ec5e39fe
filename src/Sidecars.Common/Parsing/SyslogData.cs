namespace Sidecars.Common.Parsing;

/// <summary>The structured data of RFC 5424: <c>-</c> or <c>[id name="value" ...][...]</c>.</summary>
internal sealed class SyslogData
{
    private readonly FieldNameCache _names = new();
    private byte[] _name = new byte[128];

    /// <summary>Adds the parameters as <c>id.name</c>; what is missing at the place of the cursor, null when nothing is.</summary>
    public string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (cursor.TryLiteral("-"u8))
        {
            return null;
        }

        if (cursor.Next != '[')
        {
            return "- or [structured data] must stand here";
        }

        while (cursor.TryLiteral("["u8))
        {
            if (!TryReadElement(ref cursor, fields))
            {
                return "[id name=\"value\"] must stand here";
            }
        }

        return null;
    }

    private bool TryReadElement(ref LineCursor cursor, FieldSet fields)
    {
        var start = cursor.At;
        var idLength = cursor.Rest.AsSpan().IndexOfAny(" ]"u8);
        if (idLength <= 0)
        {
            return false;
        }

        cursor.At += idLength;
        var id = cursor.From(start);
        while (cursor.TryLiteral(" "u8))
        {
            if (!cursor.TryUntil("=\""u8, out var name) || name.Count == 0 || !TryReadValue(ref cursor, NameOf(id, name, fields.Count), fields))
            {
                return false;
            }
        }

        return cursor.TryLiteral("]"u8);
    }

    private static bool TryReadValue(ref LineCursor cursor, FieldName name, FieldSet fields)
    {
        var length = QuotedText.Length(cursor.Rest, out var isEscaped);
        if (length < 0)
        {
            return false;
        }

        var value = cursor.Rest[..length];
        cursor.At += length + 1;
        if (isEscaped)
        {
            value = Unescape(value, fields.Rent(length));
        }

        fields.Add(name, value);
        return true;
    }

    /// <summary>Only a quote, a backslash and a closing bracket are escaped (RFC 5424, 6.3.3).</summary>
    private static ArraySegment<byte> Unescape(ReadOnlySpan<byte> value, ArraySegment<byte> plain)
    {
        var written = 0;
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '\\' && at + 1 < value.Length && value[at + 1] is (byte)'"' or (byte)'\\' or (byte)']')
            {
                at++;
            }

            plain[written++] = value[at];
        }

        return plain[..written];
    }

    private FieldName NameOf(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, int place)
    {
        var length = id.Length + 1 + name.Length;
        if (_name.Length < length)
        {
            _name = new byte[2 * length];
        }

        id.CopyTo(_name);
        _name[id.Length] = (byte)'.';
        name.CopyTo(_name.AsSpan(id.Length + 1));
        return _names.Get(_name.AsSpan(0, length), place);
    }
}
