namespace Sidecars.Adapter.Exposition;

/// <summary>The types of Prometheus' text format that rules can make.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,

    /// <summary>Of what is pushed: rules make none.</summary>
    Summary,

    /// <summary>For names that other exporters made known before counters ended in <c>_total</c>.</summary>
    Untyped,
}

/// <summary>What a metric is, whoever feeds it. Two with equal <see cref="Identity"/> are the same metric, so its counts live on over a reload.</summary>
internal sealed record MetricDefinition(string Name, MetricKind Kind, string Help, IReadOnlyList<string> Labels, IReadOnlyList<double> Buckets, string Unit = "")
{
    public string Identity => $"{Name} {Kind} [{string.Join(',', Labels)}] [{string.Join(',', Buckets)}]";
}
