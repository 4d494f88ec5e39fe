using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// Chooses the upstream of a new connection, and the next one where that does not answer: usable ones before those that
/// are not, among these the lowest priority number, among these by load or in turn. One that is not usable is still tried
/// when nothing else is left. An immutable set; safe from any thread.
/// </summary>
internal sealed class UpstreamPicker(IReadOnlyList<TcpUpstream> upstreams, TcpLoadBalancing balancing, TimeProvider time)
{
    /// <summary>More than any priority.</summary>
    private const int Unusable = 1 << 30;

    private int _next = -1;

    public IReadOnlyList<TcpUpstream> Upstreams { get; } = upstreams;

    /// <summary>The best upstream of those not yet tried, or null when all were.</summary>
    /// <param name="tried">What this connection tried already.</param>
    /// <returns>An upstream that is not in <paramref name="tried"/>.</returns>
    public TcpUpstream? Pick(IReadOnlyCollection<TcpUpstream> tried)
    {
        if (Upstreams.Count == 0)
        {
            return null;
        }

        var start = (int)((uint)Interlocked.Increment(ref _next) % (uint)Upstreams.Count);
        TcpUpstream? best = null;
        var bestRank = int.MaxValue;
        for (var i = 0; i < Upstreams.Count; i++)
        {
            // The round robin's turn also breaks the ties of least-connections.
            var candidate = Upstreams[(start + i) % Upstreams.Count];
            if (tried.Contains(candidate))
            {
                continue;
            }

            var rank = Rank(candidate);
            if (rank < bestRank || (rank == bestRank && balancing == TcpLoadBalancing.LeastConnections && candidate.Active < best!.Active))
            {
                (best, bestRank) = (candidate, rank);
            }
        }

        return best;
    }

    private int Rank(TcpUpstream upstream) => upstream.Priority + (upstream.IsUsable(time) ? 0 : Unusable);
}
