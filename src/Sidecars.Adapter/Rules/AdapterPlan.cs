using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.PodUse;

namespace Sidecars.Adapter.Rules;

/// <summary>A log to follow and what its lines do.</summary>
internal sealed record LogPlan(string Name, string Path, bool FromEnd, RuleSet Rules);

/// <summary>A page to ask for and what it does; <see cref="Up"/> is its own gauge, where one is wanted.</summary>
internal sealed record PagePlan(string Name, PageAddress Address, TimeSpan Timeout, TimeSpan? Interval, SeriesFamily? Up, RuleSet Rules);

/// <summary>
/// A whole configuration, compiled: what the sources run on until the next reload. What logs counted grows; what pages said is
/// made anew at each scrape, so what a page no longer says is gone.
/// </summary>
internal sealed record AdapterPlan(SeriesStore LogSeries, SeriesStore PageSeries, IReadOnlyList<LogPlan> Logs, IReadOnlyList<PagePlan> Pages)
{
    /// <summary>Whether OpenMetrics pages tell when each counter and histogram began.</summary>
    public bool WithCreated { get; init; } = true;

    /// <summary>What is told of the pod itself, in the series of pages; null for nothing.</summary>
    public PodPlan? Pod { get; init; }
}
