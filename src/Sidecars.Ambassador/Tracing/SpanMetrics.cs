using Prometheus;

namespace Sidecars.Ambassador.Tracing;

/// <summary>What becomes of the spans that were recorded.</summary>
internal sealed class SpanMetrics
{
    public SpanMetrics(IMetricFactory metrics)
    {
        Exported = metrics.CreateCounter("sidecars_ambassador_spans_exported_total", "Spans that the OTLP receiver has taken.");
        var dropped = metrics.CreateCounter("sidecars_ambassador_spans_dropped_total", "Spans that were recorded and not exported, by reason.", ["reason"]);
        QueueFull = dropped.WithLabels("queue_full");
        ExportFailed = dropped.WithLabels("export_failed");
    }

    public ICounter Exported { get; }

    /// <summary>More ended than the receiver took.</summary>
    public ICounter QueueFull { get; }

    /// <summary>The receiver could not be reached, or did not take them.</summary>
    public ICounter ExportFailed { get; }
}
