using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>One metric: exactly one of the types, with its name.</summary>
internal sealed class MetricOptions
{
    [Description("The name of a counter, ending in _total. Of a log, each line adds one or its value; of a page, the value is the count itself.")]
    public string? Counter { get; set; }

    [Description("The name of a gauge: the last value.")]
    public string? Gauge { get; set; }

    [Description("The name of a histogram of the values.")]
    public string? Histogram { get; set; }

    [Description("The name of a summary of the values: their sum, count and quantiles.")]
    public string? Summary { get; set; }

    [Description("The name of an info, ending in _info: always 1, its labels tell something. Of a log, the last line's labels go in place of those before.")]
    public string? Info { get; set; }

    [Description("The name of a state set: of its states, the one that the value names is 1, the others are 0.")]
    public string? StateSet { get; set; }

    [Description("The name of a metric without a type: the last value.")]
    public string? Untyped { get; set; }

    [Description("What the value is multiplied with, to come to the base unit: .001 for milliseconds. Default: 1.")]
    public double Scale { get; set; } = 1;

    [Description("Numbers for words: { UP: 1, DOWN: 0 }. A word that is not there counts as an unreadable value. Default: none; true is 1 and false is 0.")]
    public Dictionary<string, double> Map { get; set; } = [];

    [Description("The field with the value, or what is reckoned from fields: (hits + misses) / 60, with blanks around the operators; see docs/expressions.md. Default: each line counts one.")]
    public string? Value { get; set; }

    [Description("Only lines (or rows of a page) for which this expression holds count: status >= 500 and method == GET; see docs/expressions.md. Default: all.")]
    public string? When { get; set; }

    [Description("The labels: field names; { label: field } for a label of another name; { label: '{method} {status}' } for a text with fields; { label: { field: uri, path: true } } and the like for what becomes of a value.")]
    public List<LabelOptions> Labels { get; set; } = [];

    [Description("By label, the values it may have; any other becomes limits.overflow.")]
    public Dictionary<string, List<string>> Allow { get; set; } = [];

    [Description("The upper bounds of a histogram's buckets, increasing. Default: .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10.")]
    public List<double> Buckets { get; set; } = [];

    [Description("The quantiles of a summary, each between 0 and 1; [] for sum and count alone. Default: .5, .9, .99.")]
    public List<double>? Quantiles { get; set; }

    [Description("How far back the quantiles of a summary look. Default: 10m.")]
    [AllowedRange("1s", "1d")]
    public TimeSpan? MaxAge { get; set; }

    [Description("The states of a state set, as the value says them.")]
    public List<string> States { get; set; } = [];

    [Description("How long a series of a log stays without a new sample; 0s for ever. Default: limits.expire.")]
    public TimeSpan? Expire { get; set; }

    [Description("The help text. Default: says where the metric comes from.")]
    public string? Help { get; set; }

    [Description("The base unit, which the name then ends in (before _total); OpenMetrics pages tell it. 'ms -> seconds' also converts the values. Default: the unit that the name ends in.")]
    public string? Unit { get; set; }

    [Description("A field that leads further from a count, such as the trace it belongs to: its name, or { label: field }. OpenMetrics pages show the last one of each counter and bucket. Default: none.")]
    public LabelOptions? Exemplar { get; set; }

    /// <summary>The type and name that were given.</summary>
    [JsonIgnore]
    public IEnumerable<(string Key, string Name)> Given => new[]
    {
        ("counter", Counter), ("gauge", Gauge), ("histogram", Histogram), ("summary", Summary), ("info", Info), ("state_set", StateSet), ("untyped", Untyped),
    }.Where(given => given.Item2 is not null).Select(given => (given.Item1, given.Item2!));

    /// <summary>What entries of one metric must agree on, beside its type and labels.</summary>
    [JsonIgnore]
    public string Details =>
        $"[{string.Join(", ", Buckets)}] [{(Quantiles is { } quantiles ? string.Join(", ", quantiles) : "default")}] {MaxAge} [{string.Join(", ", States)}] {Expire}";
}
