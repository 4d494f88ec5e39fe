namespace Sidecars.Common.Parsing;

/// <summary>
/// PostgreSQL's log with its own and Debian's <c>log_line_prefix</c>: <c>2026-11-24 03:05:00.123 UTC [12] user@base LOG:  message</c>.
/// </summary>
internal sealed class PostgresParser() : CursorParser("postgresql")
{
    private static readonly FieldName User = FieldName.Of("user");
    private static readonly FieldName Database = FieldName.Of("database");

    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (!cursor.TryUntil(" ["u8, out var time) || !TimestampParser.IsWellKnown(time))
        {
            return "a time such as 2026-11-24 03:05:00.123 UTC and [pid] must stand first";
        }

        fields.Add(CommonFields.Time, time);
        if (!cursor.TryDigits(out var pid) || !cursor.TryUntil("] "u8, out _))
        {
            return "the process id and ] must stand here";
        }

        fields.Add(CommonFields.Pid, pid, BareValue.KindOf(pid));
        ReadUser(ref cursor, fields);
        var start = cursor.At;
        if (!cursor.TryUntil(":  "u8, out var level) || level.Count == 0 || !IsLevel(level))
        {
            cursor.At = start;
            return "a level such as LOG:, followed by two blanks, must stand here";
        }

        fields.Add(CommonFields.Level, level);
        fields.Add(CommonFields.Message, cursor.Rest);
        return null;
    }

    private static void ReadUser(ref LineCursor cursor, FieldSet fields)
    {
        var start = cursor.At;
        var word = cursor.Word();
        var sign = word.AsSpan().IndexOf((byte)'@');
        if (sign < 0 || !cursor.TryLiteral(" "u8))
        {
            cursor.At = start;
            return;
        }

        fields.Add(User, word[..sign]);
        fields.Add(Database, word[(sign + 1)..]);
    }

    private static bool IsLevel(ReadOnlySpan<byte> word)
    {
        foreach (var letter in word)
        {
            if (!char.IsAsciiLetterUpper((char)letter) && !char.IsAsciiDigit((char)letter))
            {
                return false;
            }
        }

        return true;
    }
}
