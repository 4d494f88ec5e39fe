namespace Sidecars.Collector.Records;

/// <summary>The words for severities.</summary>
internal static class SeverityWords
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
}
