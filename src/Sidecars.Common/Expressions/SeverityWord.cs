using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sidecars.Common.Expressions;

/// <summary>What programs write for how grave a line is, as a number of the OpenTelemetry log data model (SeverityNumber).</summary>
public static class SeverityWord
{
    private const int Unspecified = 0;
    private const int Trace = 1;
    private const int Debug = 5;
    private const int Info = 9;
    private const int Notice = 10;
    private const int Warn = 13;
    private const int Error = 17;
    private const int Critical = 18;
    private const int Alert = 19;
    private const int Fatal = 21;

    /// <summary>
    /// Reads what programs write for it, in any case: words and their short forms, syslog's names, one letter. Numbers are those of
    /// pino and bunyan (10 to 60) and, below 8, of syslog. 0 when it is none.
    /// </summary>
    public static int Read(ReadOnlySpan<byte> text)
    {
        Span<byte> lower = stackalloc byte[16];
        text = text.Trim(" []<>:"u8);
        if (text.IsEmpty || text.Length > lower.Length || Ascii.ToLower(text, lower, out var length) != OperationStatus.Done)
        {
            return Unspecified;
        }

        return char.IsAsciiDigit((char)lower[0]) ? Number(lower[..length]) : length == 1 ? Letter(lower[0]) : Word(lower[..length]);
    }

    private static int Word(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.StartsWith("info"u8) => Info,
        _ when word.StartsWith("warn"u8) || word.SequenceEqual("wrn"u8) => Warn,
        _ when word.StartsWith("err"u8) || word.SequenceEqual("severe"u8) || word.SequenceEqual("eror"u8) || word.SequenceEqual("fail"u8) => Error,
        _ when word.StartsWith("debug"u8) || word.SequenceEqual("dbug"u8) || word.SequenceEqual("dbg"u8) || word.SequenceEqual("fine"u8) => Debug,
        _ when word.StartsWith("trac"u8) || word.SequenceEqual("trc"u8) || word.StartsWith("verb"u8) || word.SequenceEqual("finest"u8) || word.SequenceEqual("finer"u8) => Trace,
        _ => Rare(word),
    };

    private static int Rare(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.StartsWith("notice"u8) => Notice,
        _ when word.StartsWith("crit"u8) || word.SequenceEqual("crt"u8) => Critical,
        _ when word.SequenceEqual("alert"u8) => Alert,
        _ when word.StartsWith("emerg"u8) || word.StartsWith("fatal"u8) || word.SequenceEqual("panic"u8) || word.SequenceEqual("ftl"u8) => Fatal,
        _ when word.SequenceEqual("inf"u8) || word.SequenceEqual("log"u8) || word.SequenceEqual("statement"u8) => Info,
        _ => Unspecified,
    };

    private static int Letter(byte letter) => letter switch
    {
        (byte)'t' or (byte)'v' => Trace,
        (byte)'d' => Debug,
        (byte)'i' => Info,
        (byte)'n' => Notice,
        (byte)'w' => Warn,
        (byte)'e' => Error,
        (byte)'c' => Critical,
        (byte)'a' => Alert,
        (byte)'f' => Fatal,
        _ => Unspecified,
    };

    private static int Number(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int number, out var read) && read == digits.Length
            ? number switch
            {
                0 => Fatal,
                1 => Alert,
                2 => Critical,
                3 => Error,
                4 => Warn,
                5 => Notice,
                6 => Info,
                7 => Debug,
                10 => Trace,
                20 => Debug,
                30 => Info,
                40 => Warn,
                50 => Error,
                60 => Fatal,
                _ => Unspecified,
            }
            : Unspecified;
}
