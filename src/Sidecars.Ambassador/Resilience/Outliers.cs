using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Resilience;

/// <summary>Decides who is ejected for what it answered. Never so many that the rest would be overrun, and never the only one.</summary>
internal sealed class Outliers(OutlierOptions options, TimeProvider time)
{
    private static readonly TimeSpan BetweenLatencyChecks = TimeSpan.FromSeconds(1);

    private long _lastLatencyCheck = time.GetTimestamp();

    /// <summary>A server has answered badly, or not at all.</summary>
    /// <returns>Why it was ejected now, or null.</returns>
    public string? AfterFailure(Upstream upstream, ReadOnlySpan<Upstream> all)
    {
        var reason = IsReached(options.ConsecutiveFailures, upstream.BrokenInARow) ? "consecutive_failures"
            : IsReached(options.Consecutive5xx, upstream.FailuresInARow) ? "consecutive_5xx"
            : null;
        return reason is not null && TryEject(upstream, all) ? reason : null;
    }

    /// <summary>A server has answered; now and then its latency is compared with the others'.</summary>
    /// <returns>Why it was ejected now, or null.</returns>
    public string? AfterAnswer(Upstream upstream, ReadOnlySpan<Upstream> all)
    {
        var last = Volatile.Read(ref _lastLatencyCheck);
        if (options.LatencyFactor <= 0 || time.GetElapsedTime(last) < BetweenLatencyChecks
            || Interlocked.CompareExchange(ref _lastLatencyCheck, time.GetTimestamp(), last) != last)
        {
            return null;
        }

        return IsTooSlow(upstream, all) && TryEject(upstream, all) ? "latency" : null;
    }

    private bool IsTooSlow(Upstream upstream, ReadOnlySpan<Upstream> all)
    {
        var seconds = upstream.Latency.Seconds;
        if (all.Length < 2 || seconds <= options.MinLatency.TotalSeconds)
        {
            return false;
        }

        var others = new List<double>(all.Length);
        foreach (var other in all)
        {
            if (other != upstream && other.Requests > 0)
            {
                others.Add(other.Latency.Seconds);
            }
        }

        others.Sort();
        return others.Count > 0 && seconds > options.LatencyFactor * others[(others.Count - 1) / 2];
    }

    private bool TryEject(Upstream upstream, ReadOnlySpan<Upstream> all)
    {
        var ejected = 0;
        foreach (var other in all)
        {
            ejected += other.IsEjected ? 1 : 0;
        }

        if (upstream.IsEjected || all.Length < 2 || ejected >= Math.Max(1, all.Length * options.MaxEjectedPercent / 100))
        {
            return false;
        }

        var duration = options.EjectFor * (upstream.Ejections + 1);
        upstream.Eject(duration < options.EjectForAtMost ? duration : options.EjectForAtMost);
        return true;
    }

    private static bool IsReached(int limit, int count) => limit > 0 && count >= limit;
}
