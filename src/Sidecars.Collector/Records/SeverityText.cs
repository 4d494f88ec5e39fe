namespace Sidecars.Collector.Records;

/// <summary>The words for severities, written and read.</summary>
internal static class SeverityText
{
    /// <summary>The word: trace, debug, info, notice, warn, error, critical, alert, fatal; empty where it is not known.</summary>
    public static ReadOnlySpan<byte> Of(Severity severity) => severity switch
    {
        Severity.Trace => "trace"u8,
        Severity.Debug => "debug"u8,
        Severity.Info => "info"u8,
        Severity.Notice => "notice"u8,
        Severity.Warn => "warn"u8,
        Severity.Error => "error"u8,
        Severity.Critical => "critical"u8,
        Severity.Alert => "alert"u8,
        Severity.Fatal => "fatal"u8,
        _ => default,
    };

    /// <summary>The word as a member of a JSON object, with its comma; nothing where it is not known.</summary>
    public static ReadOnlySpan<byte> Member(Severity severity) => severity switch
    {
        Severity.Trace => "\"severity\":\"trace\","u8,
        Severity.Debug => "\"severity\":\"debug\","u8,
        Severity.Info => "\"severity\":\"info\","u8,
        Severity.Notice => "\"severity\":\"notice\","u8,
        Severity.Warn => "\"severity\":\"warn\","u8,
        Severity.Error => "\"severity\":\"error\","u8,
        Severity.Critical => "\"severity\":\"critical\","u8,
        Severity.Alert => "\"severity\":\"alert\","u8,
        Severity.Fatal => "\"severity\":\"fatal\","u8,
        _ => default,
    };

    /// <summary>
    /// Reads what programs write for it, in any case: words and their short forms, syslog's names, one letter. Numbers are those of
    /// pino and bunyan (10 to 60) and, below 8, of syslog.
    /// </summary>
    public static Severity Read(ReadOnlySpan<byte> text)
    {
        Span<byte> lower = stackalloc byte[16];
        text = text.Trim(" []<>:"u8);
        if (text.IsEmpty || text.Length > lower.Length || System.Text.Ascii.ToLower(text, lower, out var length) != System.Buffers.OperationStatus.Done)
        {
            return Severity.Unspecified;
        }

        return char.IsAsciiDigit((char)lower[0]) ? Number(lower[..length]) : length == 1 ? Letter(lower[0]) : Word(lower[..length]);
    }

    private static Severity Word(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.StartsWith("info"u8) => Severity.Info,
        _ when word.StartsWith("warn"u8) || word.SequenceEqual("wrn"u8) => Severity.Warn,
        _ when word.StartsWith("err"u8) || word.SequenceEqual("severe"u8) || word.SequenceEqual("eror"u8) || word.SequenceEqual("fail"u8) => Severity.Error,
        _ when word.StartsWith("debug"u8) || word.SequenceEqual("dbug"u8) || word.SequenceEqual("dbg"u8) || word.SequenceEqual("fine"u8) => Severity.Debug,
        _ when word.StartsWith("trac"u8) || word.SequenceEqual("trc"u8) || word.StartsWith("verb"u8) || word.SequenceEqual("finest"u8) || word.SequenceEqual("finer"u8) => Severity.Trace,
        _ => Rare(word),
    };

    private static Severity Rare(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.StartsWith("notice"u8) => Severity.Notice,
        _ when word.StartsWith("crit"u8) || word.SequenceEqual("crt"u8) => Severity.Critical,
        _ when word.SequenceEqual("alert"u8) => Severity.Alert,
        _ when word.StartsWith("emerg"u8) || word.StartsWith("fatal"u8) || word.SequenceEqual("panic"u8) || word.SequenceEqual("ftl"u8) => Severity.Fatal,
        _ when word.SequenceEqual("inf"u8) || word.SequenceEqual("log"u8) || word.SequenceEqual("statement"u8) => Severity.Info,
        _ => Severity.Unspecified,
    };

    private static Severity Letter(byte letter) => letter switch
    {
        (byte)'t' or (byte)'v' => Severity.Trace,
        (byte)'d' => Severity.Debug,
        (byte)'i' => Severity.Info,
        (byte)'n' => Severity.Notice,
        (byte)'w' => Severity.Warn,
        (byte)'e' => Severity.Error,
        (byte)'c' => Severity.Critical,
        (byte)'a' => Severity.Alert,
        (byte)'f' => Severity.Fatal,
        _ => Severity.Unspecified,
    };

    private static Severity Number(ReadOnlySpan<byte> digits) =>
        System.Buffers.Text.Utf8Parser.TryParse(digits, out int number, out var read) && read == digits.Length
            ? number switch
            {
                0 => Severity.Fatal,
                1 => Severity.Alert,
                2 => Severity.Critical,
                3 => Severity.Error,
                4 => Severity.Warn,
                5 => Severity.Notice,
                6 => Severity.Info,
                7 => Severity.Debug,
                10 => Severity.Trace,
                20 => Severity.Debug,
                30 => Severity.Info,
                40 => Severity.Warn,
                50 => Severity.Error,
                60 => Severity.Fatal,
                _ => Severity.Unspecified,
            }
            : Severity.Unspecified;
}
