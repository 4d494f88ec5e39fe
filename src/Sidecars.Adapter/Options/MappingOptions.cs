using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sidecars.Adapter.Options;

/// <summary>One entry of <c>mappings</c>; its keys are those of statsd_exporter.</summary>
internal sealed class MappingOptions : ObserverOptions
{
    [Description("The names that this is for: parts between dots, * for any; or with match_type: regex a regex that is looked for in the name.")]
    public string Match { get; set; } = "";

    [Description("The metric's name; $1 or ${1} stands for what the first * (or group) matched. Not needed with action: drop.")]
    public string? Name { get; set; }

    [Description("The metric's help text.")]
    public string? Help { get; set; }

    [Description("Labels and their values, in which $1 stands for what the first * (or group) matched.")]
    public Dictionary<string, string> Labels { get; set; } = [];

    [Description("map, or drop for samples that are not wanted. Default: map.")]
    public MappingAction Action { get; set; } = MappingAction.Map;

    [Description("Only samples of this type match: counter, gauge or observer (timer). Default: all.")]
    public SampleType? MatchMetricType { get; set; }

    [Description("What values are multiplied with, before a metric has them. Default: 1.")]
    public double Scale { get; set; } = 1;

    [Description("Whether a sample's own tags go before labels of the same name here. Default: false.")]
    public bool HonorLabels { get; set; }
}

/// <summary><c>defaults</c>; its keys are those of statsd_exporter.</summary>
internal sealed class MappingDefaults : ObserverOptions
{
    [Description("Of several globs, the one with the longest literal beginning goes first, not the one that is written first. Default: false.")]
    public bool GlobDisableOrdering { get; set; }
}

/// <summary>What both say of timers and of the life of series.</summary>
internal abstract class ObserverOptions
{
    [Description("How match is written: glob or regex. Globs go before regexes. Default: glob.")]
    public MatchKind? MatchType { get; set; }

    [Description("What timers become: summary or histogram. Default: summary.")]
    public ObserverType? ObserverType { get; set; }

    [Description("The older name of observer_type.")]
    public ObserverType? TimerType { get; set; }

    [Description("The older place of histogram_options.buckets.")]
    public List<double> Buckets { get; set; } = [];

    [Description("The older place of summary_options.quantiles.")]
    public List<QuantileOptions> Quantiles { get; set; } = [];

    [Description("For histograms.")]
    public HistogramOptions? HistogramOptions { get; set; }

    [Description("For summaries.")]
    public SummaryOptions? SummaryOptions { get; set; }

    [Description("How long a series without new samples stays; 0 for ever. Default: 0.")]
    public TimeSpan? Ttl { get; set; }

    [JsonIgnore]
    public ObserverType? Observer => ObserverType ?? TimerType;

    [JsonIgnore]
    public IReadOnlyList<double> Bounds => HistogramOptions?.Buckets is { Count: > 0 } bounds ? bounds : Buckets;

    [JsonIgnore]
    public IReadOnlyList<QuantileOptions> Objectives => SummaryOptions?.Quantiles is { Count: > 0 } quantiles ? quantiles : Quantiles;
}

internal sealed class HistogramOptions
{
    [Description("The upper bounds of the buckets, increasing. Default: .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10.")]
    public List<double> Buckets { get; set; } = [];
}

internal sealed class SummaryOptions
{
    [Description("The quantiles. Default: .5, .9 and .99.")]
    public List<QuantileOptions> Quantiles { get; set; } = [];

    [Description("How far back quantiles look. Default: 10m.")]
    public TimeSpan? MaxAge { get; set; }

    [Description("Taken for the sake of existing files; quantiles here forget in two steps.")]
    public int AgeBuckets { get; set; }

    [Description("Taken for the sake of existing files; nothing is buffered here.")]
    public int BufCap { get; set; }
}

internal sealed class QuantileOptions
{
    [Description("Between 0 and 1.")]
    public double Quantile { get; set; }

    [Description("Taken for the sake of existing files; here a quantile's value is right to 2.5 %.")]
    public double Error { get; set; }
}

[JsonConverter(typeof(JsonStringEnumConverter<MatchKind>))]
internal enum MatchKind
{
    [JsonStringEnumMemberName("glob")]
    Glob,

    [JsonStringEnumMemberName("regex")]
    Regex,
}

[JsonConverter(typeof(JsonStringEnumConverter<MappingAction>))]
internal enum MappingAction
{
    [JsonStringEnumMemberName("map")]
    Map,

    [JsonStringEnumMemberName("drop")]
    Drop,
}

[JsonConverter(typeof(JsonStringEnumConverter<ObserverType>))]
internal enum ObserverType
{
    [JsonStringEnumMemberName("summary")]
    Summary,

    [JsonStringEnumMemberName("histogram")]
    Histogram,
}

[JsonConverter(typeof(JsonStringEnumConverter<SampleType>))]
internal enum SampleType
{
    [JsonStringEnumMemberName("counter")]
    Counter,

    [JsonStringEnumMemberName("gauge")]
    Gauge,

    [JsonStringEnumMemberName("observer")]
    Observer,

    [JsonStringEnumMemberName("timer")]
    Timer,
}
