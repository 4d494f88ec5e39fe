using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>Which lines belong together: exactly one of preset, first_line, continuation and end is given.</summary>
[ShortForm("preset")]
internal sealed class MultilineOptions
{
    [Description("What is known: java, dotnet, python, go (stack traces), postgres (its log). In short: multiline: java.")]
    public string? Preset { get; set; }

    [Description("A regular expression for lines that begin a record; all others belong to the one before.")]
    public string? FirstLine { get; set; }

    [Description("A regular expression for lines that belong to the one before.")]
    public string? Continuation { get; set; }

    [Description("A regular expression for lines that end a record.")]
    public string? End { get; set; }

    [AllowedRange("10ms", "5m")]
    [Description("How long the last record waits for more lines after the last write to its file. Default: 1s.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    [AllowedRange("2", "100000")]
    [Description("The most lines of a record; then the next begins. Default: 1000.")]
    public int MaxLines { get; set; } = 1000;

    [AllowedRange("1KiB", "64MiB")]
    [Description("The most bytes of a record; then the next begins. follow.line_limit is a limit too. Default: 128KiB.")]
    public ByteSize MaxBytes { get; set; } = ByteSize.KiB(128);
}
