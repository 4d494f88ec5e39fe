using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>One step: exactly one of the kinds is given.</summary>
internal sealed class StepOptions
{
    [Description("Only where this holds is the step taken; see docs/expressions.md. Default: always.")]
    public string? When { get; set; }

    [Description("Delivers only lines for which this expression holds.")]
    public string? Keep { get; set; }

    [Description("Delivers no line for which this expression holds.")]
    public string? Drop { get; set; }

    [Description("Gives fields other names: old: new.")]
    public Dictionary<string, string>? Rename { get; set; }

    [Description("Leaves these fields out.")]
    public List<string>? Remove { get; set; }

    [Description("Adds fields, name: text; {field}, {file} and {file_name} in the text stand for their values. A field of that name is replaced.")]
    public Dictionary<string, string>? Add { get; set; }

    [Description("Hides what nobody should read.")]
    public RedactOptions? Redact { get; set; }

    [Description("Delivers a share of the lines.")]
    public SampleOptions? Sample { get; set; }

    [Description("Delivers at most so many lines a second.")]
    public RateLimitOptions? RateLimit { get; set; }

    [Description("Says how grave the lines are, where the usual fields do not.")]
    public SeverityOptions? Severity { get; set; }

    [Description("Says when the lines happened, where the usual fields do not.")]
    public TimeOptions? Time { get; set; }

    /// <summary>The keys of the kinds that are given.</summary>
    [JsonIgnore]
    public IEnumerable<string> Given => new (string Key, object? Value)[]
    {
        ("keep", Keep), ("drop", Drop), ("rename", Rename), ("remove", Remove), ("add", Add), ("redact", Redact), ("sample", Sample),
        ("rate_limit", RateLimit), ("severity", Severity), ("time", Time),
    }.Where(kind => kind.Value is not null).Select(kind => kind.Key);
}

/// <summary>What is hidden, where, and what stands in its place.</summary>
[ShortForm("presets")]
internal sealed class RedactOptions
{
    [Description("Well-known kinds: email, ipv4, ipv6, card (card numbers, with their check digit), bearer (tokens behind 'Bearer', and JSON web tokens). In short: redact: [email, card]. Default: none.")]
    public List<string> Presets { get; set; } = [];

    [Description("Regular expressions whose matches are hidden. Default: none.")]
    public List<string> Patterns { get; set; } = [];

    [Description("Only these fields are looked at. Default: the line and every field.")]
    public List<string> Fields { get; set; } = [];

    [Description("What stands in the place of what is hidden. Default: [redacted].")]
    public string With { get; set; } = "[redacted]";
}

/// <summary>How many lines of all.</summary>
[ShortForm("fraction")]
internal sealed class SampleOptions
{
    [Required]
    [AllowedRange("0", "1")]
    [Description("The share of lines that is delivered: 0.1 for one in ten. In short: sample: 0.1.")]
    public double Fraction { get; set; }

    [Description("The field that decides: lines with the same value are delivered all or none, such as trace_id. Default: each line by itself.")]
    public string? By { get; set; }
}

/// <summary>How many lines a second.</summary>
[ShortForm("per_second")]
internal sealed class RateLimitOptions
{
    [Required]
    [AllowedRange("0.001", "1000000000")]
    [Description("Lines a second, over a longer time. In short: rate_limit: 100.")]
    public double PerSecond { get; set; }

    [AllowedRange("1", "1000000000")]
    [Description("Lines that may come at once. Default: as many as in a second.")]
    public double? Burst { get; set; }

    [Description("A field: each of its values has a rate of its own (up to 10,000 values; further ones share one). Default: one rate for all.")]
    public string? By { get; set; }
}

/// <summary>Where the severity stands.</summary>
[ShortForm("field")]
internal sealed class SeverityOptions
{
    [Description("The field that has it, as a word or number. In short: severity: lvl. Default: the first word for a severity near the start of the line.")]
    public string? Field { get; set; }

    [Description("What it is where none is found: trace, debug, info, notice, warn, error, critical, alert or fatal. Default: not known.")]
    public string? Default { get; set; }
}

/// <summary>Where the time stands, and how it is written.</summary>
[ShortForm("field")]
internal sealed class TimeOptions
{
    [Required]
    [Description("The field that has it. In short: time: started_at.")]
    public string Field { get; set; } = "";

    [Description("auto, a well-known format such as rfc3339, epoch_ms or time_local, or a pattern as strftime has it. Default: auto.")]
    public string Format { get; set; } = "auto";

    [Description("The time zone of times that do not say it: UTC, +01:00 or a name such as Europe/Berlin. Default: UTC.")]
    public string Zone { get; set; } = "UTC";
}
