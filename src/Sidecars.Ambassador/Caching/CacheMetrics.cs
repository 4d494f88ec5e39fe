using Prometheus;

namespace Sidecars.Ambassador.Caching;

/// <summary>What is counted of caches.</summary>
internal sealed class CacheMetrics(IMetricFactory metrics)
{
    private readonly Counter _requests = metrics.CreateCounter(
        "sidecars_ambassador_cache_requests_total",
        "Requests on routes with a cache, by result: hit, collapsed, revalidated, stale, miss, bypass, only_if_cached.",
        ["service", "result"]);

    private readonly Gauge _bytes = metrics.CreateGauge("sidecars_ambassador_cache_bytes", "Memory that kept answers take.", ["service"]);

    private readonly Gauge _entries = metrics.CreateGauge("sidecars_ambassador_cache_entries", "Answers that are kept.", ["service"]);

    private readonly Counter _evictions = metrics.CreateCounter(
        "sidecars_ambassador_cache_evictions_total",
        "Answers that were thrown away, by reason: size, variants, superseded, unsafe_method, purge, reload.",
        ["service", "reason"]);

    public CacheFigures Of(string service) => new(
        _bytes.WithLabels(service),
        _entries.WithLabels(service),
        result => _requests.WithLabels(service, result).Inc(),
        (reason, count) => _evictions.WithLabels(service, reason).Inc(count));
}

/// <summary>The figures of one service's caches.</summary>
internal sealed class CacheFigures(IGauge bytes, IGauge entries, Action<string> requests, Action<string, int> evictions)
{
    public IGauge Bytes => bytes;

    public IGauge Entries => entries;

    /// <summary>Counts a request by what the cache had for it.</summary>
    public void Asked(string result) => requests(result);

    public void Evicted(string reason, int count)
    {
        if (count > 0)
        {
            evictions(reason, count);
        }
    }
}
