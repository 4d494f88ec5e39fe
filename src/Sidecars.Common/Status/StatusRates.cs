namespace Sidecars.Common.Status;

/// <summary>
/// What totals grew by in a second, each over the last minutes. The totals count from the start of the process, so one that appears
/// began at 0; one that is not told any more is forgotten, and there is a limit to how many are followed.
/// </summary>
public sealed class StatusRates
{
    /// <summary>So many are followed at a time; the first that are told.</summary>
    public const int Most = 200;

    private readonly Lock _lock = new();
    private readonly Func<IEnumerable<KeyValuePair<string, double>>> _totals;
    private Dictionary<string, Rate> _rates = new(StringComparer.Ordinal);

    internal StatusRates(Func<IEnumerable<KeyValuePair<string, double>>> totals) => _totals = totals;

    /// <summary>The rate of a total; null before its first sampling.</summary>
    public StatusSeries? Of(string key)
    {
        lock (_lock)
        {
            return _rates.GetValueOrDefault(key)?.Series;
        }
    }

    internal void Sample(TimeSpan elapsed)
    {
        var now = new Dictionary<string, Rate>(StringComparer.Ordinal);
        foreach (var (key, total) in _totals())
        {
            if (now.Count == Most)
            {
                break;
            }

            var (before, series) = _rates.GetValueOrDefault(key) ?? new Rate(0, new StatusSeries());
            series.Add(Math.Max(0, total - before) / elapsed.TotalSeconds);
            now[key] = new Rate(total, series);
        }

        lock (_lock)
        {
            _rates = now;
        }
    }

    private sealed record Rate(double Total, StatusSeries Series);
}
