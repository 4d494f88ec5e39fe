namespace Sidecars.Adapter.Exposition;

/// <summary>The types of Prometheus' text format that rules can make.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,

    /// <summary>Sum, count and quantiles of what was observed lately.</summary>
    Summary,

    /// <summary>Always 1; its labels tell something. OpenMetrics' type, a gauge elsewhere.</summary>
    Info,

    /// <summary>Which of some states is the case: 1 for that one, 0 for the others. OpenMetrics' type, a gauge elsewhere.</summary>
    StateSet,

    /// <summary>For names that other exporters made known before counters ended in <c>_total</c>.</summary>
    Untyped,
}

/// <summary>What a metric is, whoever feeds it. Two with equal <see cref="Identity"/> are the same metric, so its counts live on over a reload.</summary>
internal sealed record MetricDefinition(string Name, MetricKind Kind, string Help, IReadOnlyList<string> Labels, IReadOnlyList<double> Buckets, string Unit = "")
{
    /// <summary>What a summary tells beside sum and count.</summary>
    public IReadOnlyList<double> Quantiles { get; init; } = [];

    /// <summary>How far back quantiles look.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The states of a state set.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>How long a series stays without a new sample; null for ever.</summary>
    public TimeSpan? Expire { get; init; }

    public string Identity => $"{Name} {Kind} [{string.Join(',', Labels)}] [{string.Join(',', Buckets)}]{(States.Count == 0 ? "" : $" [{string.Join(',', States)}]")}";

    /// <summary>Whether a series is several lines, so that more labels follow those of its own.</summary>
    public bool HasParts => Kind is MetricKind.Histogram or MetricKind.Summary or MetricKind.StateSet;
}
