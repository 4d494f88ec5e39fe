using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Probing;

/// <summary>The rules of a module over series of their own. Used for one probe at a time, which leaves nothing behind for the next.</summary>
internal sealed class ProbeModule
{
    /// <summary>The gauge that says whether a target answered as it should.</summary>
    public const string Success = "probe_success";

    /// <summary>The gauge that says how long it took.</summary>
    public const string Duration = "probe_duration_seconds";

    private readonly SeriesStore _series;
    private readonly RuleSet _rules;
    private readonly SeriesFamily _success;
    private readonly SeriesFamily _duration;

    public ProbeModule(SeriesStore series, RuleSet rules)
    {
        (_series, _rules) = (series, rules);
        _success = series.Family(new MetricDefinition(Success, MetricKind.Gauge, "Whether the target answered as the module says.", [], []));
        _duration = series.Family(new MetricDefinition(Duration, MetricKind.Gauge, "Time that the target took.", [], [], "seconds"));
    }

    /// <summary>Why a regex was demoted for good since this was last asked; null when none was.</summary>
    public string? TakeDemotion() => _rules.TakeDemotion();

    /// <summary>Writes what a target's answer comes to, and nothing of any other; returns the answer, which may turn out not to be of the form expected.</summary>
    public PageAnswer Write(ExpositionBuffer output, PageAnswer answer, double seconds, MetricsFormat format)
    {
        lock (_series.Gate)
        {
            _series.Clear();
            var unreadable = 0L;
            if (answer.Failure is null)
            {
                answer = answer with { Text = answer.Text[.._rules.Normalise(answer.Text.Span)] };
                if (_rules.ApplyPage(answer.Text, ref unreadable) is { } mismatch)
                {
                    _series.Clear(); // rows before the mistake
                    answer = new PageAnswer(default, "unparsed", mismatch);
                }
            }

            _success.GetOrAdd([]).Value = answer.Failure is null ? 1 : 0;
            _duration.GetOrAdd([]).Value = seconds;
            _series.Write(output, format, withCreated: false);
            return answer;
        }
    }
}
