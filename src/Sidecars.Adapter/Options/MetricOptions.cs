using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sidecars.Adapter.Options;

/// <summary>One metric: exactly one of the four types, with its name.</summary>
internal sealed class MetricOptions
{
    [Description("The name of a counter, ending in _total. Of a log, each line adds one or its value; of a page, the value is the count itself.")]
    public string? Counter { get; set; }

    [Description("The name of a gauge: the last value.")]
    public string? Gauge { get; set; }

    [Description("The name of a histogram of the values.")]
    public string? Histogram { get; set; }

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

    [Description("The help text. Default: says where the metric comes from.")]
    public string? Help { get; set; }

    [Description("The base unit, which the name then ends in (before _total); OpenMetrics pages tell it. 'ms -> seconds' also converts the values. Default: the unit that the name ends in.")]
    public string? Unit { get; set; }

    [Description("A field that leads further from a count, such as the trace it belongs to: its name, or { label: field }. OpenMetrics pages show the last one of each counter and bucket. Default: none.")]
    public LabelOptions? Exemplar { get; set; }

    /// <summary>The type and name that were given.</summary>
    [JsonIgnore]
    public IEnumerable<(string Key, string Name)> Given => new[] { ("counter", Counter), ("gauge", Gauge), ("histogram", Histogram), ("untyped", Untyped) }
        .Where(given => given.Item2 is not null).Select(given => (given.Item1, given.Item2!));
}
