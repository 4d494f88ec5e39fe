namespace Sidecars.Common.Parsing;

/// <summary>Python's <c>logging</c>: <c>2026-11-24 03:05:00,123 - name - LEVEL - message</c>, and what it writes by default, <c>LEVEL:name:message</c>.</summary>
internal sealed class PythonParser() : CursorParser("python")
{
    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (char.IsAsciiLetter((char)cursor.Next))
        {
            return ReadBasic(ref cursor, fields);
        }

        if (!cursor.TryUntil(" - "u8, out var time) || !TimestampParser.IsWellKnown(time))
        {
            return "a time such as 2026-11-24 03:05:00,123, or LEVEL:name:, must stand first";
        }

        if (!cursor.TryUntil(" - "u8, out var name) || !cursor.TryUntil(" - "u8, out var level) || !SeverityText.TryRead(level, out _))
        {
            return "name - LEVEL - must stand here";
        }

        fields.Add(CommonFields.Time, time);
        Add(name, level, cursor.Rest, fields);
        return null;
    }

    private static string? ReadBasic(ref LineCursor cursor, FieldSet fields)
    {
        var isLevel = cursor.TryUntil(":"u8, out var level) && SeverityText.TryRead(level, out _) && char.IsAsciiLetterUpper((char)level[^1]);
        if (!isLevel || !cursor.TryUntil(":"u8, out var name) || name.Count == 0 || name.AsSpan().Contains((byte)' '))
        {
            return "LEVEL:name: must stand first";
        }

        Add(name, level, cursor.Rest, fields);
        return null;
    }

    private static void Add(ArraySegment<byte> name, ArraySegment<byte> level, ArraySegment<byte> message, FieldSet fields)
    {
        fields.Add(CommonFields.Level, level);
        fields.Add(CommonFields.Logger, name);
        fields.Add(CommonFields.Message, message);
    }
}
