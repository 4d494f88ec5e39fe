using Prometheus;

namespace Sidecars.Adapter.Merging;

/// <summary>The adapter's own figures about pages that are merged.</summary>
internal sealed class MergeMetrics(IMetricFactory metrics)
{
    public Counter Dropped { get; } = metrics.CreateCounter("sidecars_adapter_merge_dropped_total", "Lines and series of other processes' pages that were left out.", ["input", "reason"]);

    public Gauge Modified { get; } = metrics.CreateGauge("sidecars_adapter_textfile_mtime_seconds", "When a file that is part of the page was last written, in seconds since 1970.", ["input", "file"]);

    public void Note(string input, MergeDrops drops)
    {
        foreach (var (reason, count) in new[] { ("malformed", drops.Malformed), ("duplicate", drops.Duplicate), ("conflict", drops.Conflict), ("limit", drops.Limit) })
        {
            Dropped.WithLabels(input, reason).Inc(count);
        }
    }
}
