using System.Collections.Frozen;
using System.Text;

namespace Sidecars.Common.Parsing;

/// <summary>
/// Reads how grave a record is from the words and numbers that programs write, as a number of the OpenTelemetry log data model
/// (SeverityNumber): 1 trace, 5 debug, 9 info, 10 notice, 13 warning, 17 error, 18 critical, 19 alert, 21 fatal.
/// </summary>
public static class SeverityText
{
    private const int LongestWord = 16;

    private static readonly (int Number, string Words)[] Table =
    [
        (1, "trace trc trce verbose vrb finest finer trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8"),
        (5, "debug dbg dbug fine config debug1 debug2 debug3 debug4 debug5 d"),
        (9, "info inf information informational log i"),
        (10, "notice note"),
        (13, "warn warning wrn w"),
        (17, "error err eror fail failure severe e"),
        (18, "critical crit crt"),
        (19, "alert"),
        (21, "fatal ftl emerg emergency panic f"),
    ];

    // by number: the first word of each row is the one that is written
    private static readonly byte[][] Words = [.. Enumerable.Range(0, Table[^1].Number + 1)
        .Select(number => Encoding.UTF8.GetBytes(Table.FirstOrDefault(row => row.Number == number).Words?.Split(' ')[0] ?? ""))];

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ByWord = Table
        .SelectMany(row => row.Words.Split(' ').Select(word => (word, row.Number)))
        .ToFrozenDictionary(pair => pair.word, pair => pair.Number, StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    // RFC 5424, 6.2.1: emergency, alert, critical, error, warning, notice, informational, debug
    private static readonly int[] Syslog = [21, 19, 18, 17, 13, 10, 9, 5];

    /// <summary>Reads a word in any case, or a number: up to 7 as syslog has them, from 10 on as pino and bunyan do (30 is info).</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.IsEmpty || text.Length > LongestWord)
        {
            return false;
        }

        if ((uint)(text[0] - '0') <= 9)
        {
            return TryReadNumber(text, out number);
        }

        Span<char> word = stackalloc char[LongestWord];
        return Encoding.UTF8.TryGetChars(text, word, out var length) && ByWord.TryGetValue(word[..length], out number);
    }

    /// <summary>The word for a number that <see cref="TryRead"/> gives: trace, debug, info, notice, warn, error, critical, alert, fatal; empty for any other.</summary>
    public static ReadOnlySpan<byte> Word(int number) => (uint)number < (uint)Words.Length ? Words[number] : [];

    /// <summary>The number for a severity of syslog, 0 (emergency) to 7 (debug).</summary>
    public static int OfSyslog(int severity) => Syslog[severity];

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        var isLevel = System.Buffers.Text.Utf8Parser.TryParse(text, out int level, out var read) && read == text.Length;
        if (!isLevel || level is 8 or 9 || level > 99)
        {
            return false;
        }

        number = level < Syslog.Length ? Syslog[level] : level switch
        {
            < 20 => 1,
            < 30 => 5,
            < 40 => 9,
            < 50 => 13,
            < 60 => 17,
            _ => 21,
        };
        return true;
    }
}
