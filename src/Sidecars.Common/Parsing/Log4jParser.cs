namespace Sidecars.Common.Parsing;

/// <summary>
/// The usual layouts of Java's loggers: a time, then in any order a level, <c>[thread]</c> and a process id, then the logger before
/// <c>-</c> or <c>:</c>, then the message. Log4j, Logback and Spring Boot all write so.
/// </summary>
internal sealed class Log4jParser() : CursorParser("log4j")
{
    private const int LongestTime = 40;

    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (!TryReadTime(ref cursor, fields))
        {
            return "a time such as 2026-11-24 03:05:00,123 must stand first";
        }

        var hasLevel = false;
        while (true)
        {
            cursor.SkipBlanks();
            if (cursor.Next == '[' && ReadThread(ref cursor, fields))
            {
                continue;
            }

            var start = cursor.At;
            var word = cursor.Word();
            if (!hasLevel && SeverityText.TryRead(word, out _) && !char.IsAsciiDigit((char)word[0]))
            {
                hasLevel = true;
                fields.Add(CommonFields.Level, word);
            }
            else if (!hasLevel)
            {
                cursor.At = start;
                return "a level such as INFO must stand here";
            }
            else if (IsNumber(word))
            {
                fields.Add(CommonFields.Pid, word, BareValue.KindOf(word));
            }
            else if (!word.AsSpan().SequenceEqual("---"u8))
            {
                ReadLoggerAndMessage(ref cursor, start, word, fields);
                return null;
            }
        }
    }

    private static bool IsNumber(ReadOnlySpan<byte> word) => NumberText.IsPlain(word) && word.IndexOfAny((byte)'-', (byte)'.') < 0;

    private static bool TryReadTime(ref LineCursor cursor, FieldSet fields)
    {
        // a date and a clock with one blank between them, or a T
        var start = cursor.At;
        var word = cursor.Word();
        if (word.Count == 10 && cursor.TryLiteral(" "u8))
        {
            word = cursor.Word();
        }

        var time = cursor.From(start);
        if (time.Count > LongestTime || time.Count == 0 || !char.IsAsciiDigit((char)time[0]) || !TimestampParser.IsWellKnown(time))
        {
            cursor.At = start;
            return false;
        }

        fields.Add(CommonFields.Time, time);
        return true;
    }

    private static bool ReadThread(ref LineCursor cursor, FieldSet fields)
    {
        var start = cursor.At++;
        if (!cursor.TryUntil("]"u8, out var thread) || fields.IndexOf(CommonFields.Thread) >= 0)
        {
            cursor.At = start;
            return false;
        }

        fields.Add(CommonFields.Thread, thread);
        return true;
    }

    /// <summary>A word is the logger only when <c>-</c> or <c>:</c> follows; else the message begins with it.</summary>
    private static void ReadLoggerAndMessage(ref LineCursor cursor, int start, ArraySegment<byte> word, FieldSet fields)
    {
        if (word.Count > 1 && word[^1] == ':')
        {
            fields.Add(CommonFields.Logger, word[..^1]);
            cursor.SkipBlanks();
        }
        else if (word.AsSpan() is [(byte)'-'] or [(byte)':'])
        {
            cursor.SkipBlanks();
        }
        else
        {
            cursor.SkipBlanks();
            if (cursor.TryLiteral("- "u8) || cursor.TryLiteral(": "u8))
            {
                fields.Add(CommonFields.Logger, word);
            }
            else
            {
                cursor.At = start;
            }
        }

        fields.Add(CommonFields.Message, cursor.Rest);
    }
}
