namespace Sidecars.Collector.Pipeline;

/// <summary>How long to wait before the next try: twice as long each time, up to a limit, with jitter so that many do not come at once.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan limit, Random random)
{
    private TimeSpan? _grown;

    /// <summary>The wait before the next try.</summary>
    public TimeSpan Next()
    {
        var next = _grown ?? first;
        _grown = next * 2 < limit ? next * 2 : limit;
        return next * (0.5 + (random.NextDouble() / 2));
    }

    /// <summary>It went well: the next failure begins anew.</summary>
    public void Reset() => _grown = null;
}
