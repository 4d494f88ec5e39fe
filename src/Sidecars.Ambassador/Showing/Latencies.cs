using Sidecars.Ambassador.Http;
using Sidecars.Common.Status;

namespace Sidecars.Ambassador.Showing;

/// <summary>How long a service's requests took, sampling by sampling: the middle one, and the one that 99 of 100 are not slower than.</summary>
internal sealed class Latencies(RequestTally tally)
{
    private long[] _before = tally.Snapshot();

    public StatusSeries Median { get; } = new();

    public StatusSeries P99 { get; } = new();

    public void Sample()
    {
        var now = tally.Snapshot();
        Median.Add(RequestTally.Quantile(_before, now, 0.5));
        P99.Add(RequestTally.Quantile(_before, now, 0.99));
        _before = now;
    }
}
