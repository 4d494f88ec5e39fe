using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tcp;

/// <summary>Chooses the upstream of a new connection, and the next one where that does not answer. An immutable set; safe from any thread.</summary>
internal sealed class UpstreamPicker(IReadOnlyList<TcpUpstream> upstreams, TcpLoadBalancing balancing)
{
    private int _next = -1;

    public IReadOnlyList<TcpUpstream> Upstreams { get; } = upstreams;

    /// <summary>The best upstream of those not yet tried, or null when all were.</summary>
    /// <param name="tried">What this connection tried already.</param>
    /// <returns>An upstream that is not in <paramref name="tried"/>.</returns>
    public TcpUpstream? Pick(IReadOnlyCollection<TcpUpstream> tried)
    {
        var start = (int)((uint)Interlocked.Increment(ref _next) % (uint)Upstreams.Count);
        TcpUpstream? best = null;
        for (var i = 0; i < Upstreams.Count; i++)
        {
            // The round robin's turn also breaks the ties of least-connections.
            var candidate = Upstreams[(start + i) % Upstreams.Count];
            if (tried.Contains(candidate))
            {
                continue;
            }

            if (balancing == TcpLoadBalancing.RoundRobin)
            {
                return candidate;
            }

            if (best is null || candidate.Active < best.Active)
            {
                best = candidate;
            }
        }

        return best;
    }
}
