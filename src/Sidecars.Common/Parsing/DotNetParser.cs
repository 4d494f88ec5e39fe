namespace Sidecars.Common.Parsing;

/// <summary>
/// .NET's console: <c>info: Category[0] message</c>, with the message on the next line unless <c>SingleLine</c> is set (then the lines
/// must come joined), and a time in front where <c>TimestampFormat</c> is set.
/// </summary>
internal sealed class DotNetParser() : CursorParser("dotnet")
{
    private const int LongestTime = 48;
    private static readonly FieldName EventId = FieldName.Of("event_id");

    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (!TryReadLevel(ref cursor, fields))
        {
            return "info:, warn:, fail: or the like must stand first or behind a time";
        }

        if (!cursor.TryUntil("["u8, out var category) || category.Count == 0 || category.AsSpan().IndexOfAny(" \n"u8) >= 0)
        {
            return "the category and [event id] must stand here";
        }

        var id = cursor.At;
        cursor.TryLiteral("-"u8);
        if (!cursor.TryDigits(out _) || cursor.Next != ']')
        {
            return "the event id and ] must stand here";
        }

        fields.Add(CommonFields.Logger, category);
        fields.Add(EventId, cursor.From(id), BareValue.KindOf(cursor.From(id)));
        cursor.At++;
        var message = cursor.Rest;
        var blanks = message.AsSpan().IndexOfAnyExcept(" \r\n"u8);
        fields.Add(CommonFields.Message, blanks < 0 ? message[..0] : message[blanks..]);
        return null;
    }

    private static bool TryReadLevel(ref LineCursor cursor, FieldSet fields)
    {
        var rest = cursor.Rest;
        var colon = rest.AsSpan(0, Math.Min(rest.Count, LongestTime)).IndexOf(": "u8);
        if (colon < 4)
        {
            return false;
        }

        var level = rest[(colon - 4)..colon];
        var isLevel = level.AsSpan() is [(byte)'t', (byte)'r', (byte)'c', (byte)'e'] or [(byte)'d', (byte)'b', (byte)'u', (byte)'g']
            or [(byte)'i', (byte)'n', (byte)'f', (byte)'o'] or [(byte)'w', (byte)'a', (byte)'r', (byte)'n']
            or [(byte)'f', (byte)'a', (byte)'i', (byte)'l'] or [(byte)'c', (byte)'r', (byte)'i', (byte)'t'];
        var time = rest[..(colon - 4)];
        if (!isLevel || (time.Count > 0 && !char.IsAsciiDigit((char)time[0])))
        {
            return false;
        }

        if (time.Count > 0)
        {
            fields.Add(CommonFields.Time, time[..(time.AsSpan().LastIndexOfAnyExcept((byte)' ') + 1)]);
        }

        fields.Add(CommonFields.Level, level);
        cursor.At += colon + 2;
        return true;
    }
}
