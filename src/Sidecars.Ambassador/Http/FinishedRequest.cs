namespace Sidecars.Ambassador.Http;

/// <summary>What is told about a request that has ended.</summary>
/// <param name="Service">The service.</param>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path; never the query, which may hold secrets.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Duration">From its head to the end of the answer.</param>
/// <param name="Upstream">The server of the last try.</param>
/// <param name="Tries">How many servers were tried.</param>
/// <param name="UpstreamLatency">From the last try to the head of its answer; null where there was none.</param>
/// <param name="Cache">What the cache did; null where there is none.</param>
/// <param name="Reason">Why there is no answer of an upstream, or not all of it.</param>
internal readonly record struct FinishedRequest(
    string Service, string Method, string Path, int Status, TimeSpan Duration, string? Upstream, int Tries, TimeSpan? UpstreamLatency, string? Cache, string? Reason)
{
    public double Milliseconds => Math.Round(Duration.TotalMilliseconds, 3);

    public double? UpstreamMilliseconds => UpstreamLatency is { } latency ? Math.Round(latency.TotalMilliseconds, 3) : null;
}
