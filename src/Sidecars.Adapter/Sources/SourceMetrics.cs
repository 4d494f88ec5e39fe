using System.Collections.Concurrent;
using Prometheus;

namespace Sidecars.Adapter.Sources;

/// <summary>The adapter's own figures about its sources, by input.</summary>
internal sealed class SourceMetrics(IMetricFactory metrics)
{
    private static readonly string[] ByInput = ["input"];

    private readonly ConcurrentDictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SourceFailure> _failures = new(StringComparer.Ordinal);

    /// <summary>Lines of logs that were read, those that did not match included.</summary>
    public Counter Lines { get; } = metrics.CreateCounter("sidecars_adapter_lines_total", "Lines read from logs.", ByInput);

    public Counter Unparsed { get; } =
        metrics.CreateCounter("sidecars_adapter_lines_unparsed_total", "Lines that the input's format does not match.", ByInput);

    public Counter Unreadable { get; } =
        metrics.CreateCounter("sidecars_adapter_values_unreadable_total", "Values of matching lines and pages that are not the numbers their metrics need.", ByInput);

    public Counter Truncated { get; } =
        metrics.CreateCounter("sidecars_adapter_log_truncated_bytes_total", "Bytes that were truncated away before they were read.", ByInput);

    public Counter Demoted { get; } =
        metrics.CreateCounter("sidecars_adapter_rules_demoted_total", "Regexes that took too long over a line and run on the slower engine since.", ByInput);

    public Gauge Pending { get; } = metrics.CreateGauge("sidecars_adapter_log_pending_bytes", "Bytes of logs not read yet.", ByInput);

    public Gauge Up { get; } = metrics.CreateGauge("sidecars_adapter_page_up", "Whether the page answered as its format says at this scrape.", ByInput);

    public Gauge Duration { get; } = metrics.CreateGauge("sidecars_adapter_page_duration_seconds", "Time that the page took at this scrape.", ByInput);

    public Counter Errors { get; } = metrics.CreateCounter("sidecars_adapter_source_errors_total", "Failed reads of a source.", ["input", "reason"]);

    public Gauge Series { get; } = metrics.CreateGauge("sidecars_adapter_series", "Series that the rules made.");

    public Counter Overflow { get; } =
        metrics.CreateCounter("sidecars_adapter_series_overflow_total", "Samples that went to the overflow series because a limit of series was reached.", ["metric"]);

    /// <summary>When a page was last asked for; null before the first time.</summary>
    public DateTimeOffset? LastAsked(string input) => _asked.TryGetValue(input, out var time) ? time : null;

    /// <summary>The last failure of a source; null when there was none.</summary>
    public SourceFailure? LastFailure(string input) => _failures.GetValueOrDefault(input);

    /// <summary>Notes that a page is asked for.</summary>
    public void NoteAsked(string input, DateTimeOffset time) => _asked[input] = time;

    /// <summary>Counts a failure, and keeps the last one for people to see.</summary>
    public void NoteFailure(string input, string reason, SourceFailure failure)
    {
        Errors.WithLabels(input, reason).Inc();
        _failures[input] = failure;
    }

    /// <summary>Makes the figures of an input visible from the first scrape on.</summary>
    public void Announce(string input, bool isLog)
    {
        Unreadable.WithLabels(input);
        if (isLog)
        {
            Lines.WithLabels(input);
            Unparsed.WithLabels(input);
            Demoted.WithLabels(input);
            Truncated.WithLabels(input);
            Pending.WithLabels(input);
        }
    }

    /// <summary>Takes back the figures of an input that is no more.</summary>
    public void Forget(string input)
    {
        _asked.TryRemove(input, out _);
        _failures.TryRemove(input, out _);
        foreach (var counter in (Counter[])[Lines, Unparsed, Unreadable, Truncated, Demoted])
        {
            counter.RemoveLabelled(input);
        }

        foreach (var gauge in (Gauge[])[Pending, Up, Duration])
        {
            gauge.RemoveLabelled(input);
        }
    }
}

/// <summary>Why a source could not be read, and when.</summary>
internal sealed record SourceFailure(string Detail, DateTimeOffset Time);
