using System.Collections.Concurrent;
using System.Globalization;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Balancing;

/// <summary>
/// The servers of one pool and who of them gets the next request. Servers come and go with the proxy's destinations, by
/// configuration or discovery alike: the snapshot follows them, what was learned of a server stays with it.
/// </summary>
internal sealed class UpstreamPool(string name, TimeProvider time)
{
    public const string WeightKey = "weight";
    public const string PriorityKey = "priority";

    /// <summary>The configured address behind a discovered one.</summary>
    public const string NameKey = "name";

    /// <summary>The name that the certificate of a discovered server must be for.</summary>
    public const string TlsNameKey = "tls_name";

    /// <summary>So many priorities of SRV records (RFC 2782) fit between two configured ones.</summary>
    public const int SrvPriorities = 65536;

    /// <summary>More servers than this are possible, and cost an allocation for each choice.</summary>
    private const int OnStack = 32;

    private readonly ConcurrentDictionary<string, Upstream> _known = new(StringComparer.OrdinalIgnoreCase);
    private volatile Snapshot _snapshot = new([], []);

    /// <summary>The pool's name: that of the service, or service/route.</summary>
    public string Name => name;

    /// <summary>The servers, by rising priority.</summary>
    public ReadOnlySpan<Upstream> Upstreams => _snapshot.Upstreams;

    /// <summary>Follows the proxy's destinations; costs one comparison where they have not changed.</summary>
    public void Follow(IReadOnlyList<DestinationState> destinations)
    {
        if (!ReferenceEquals(_snapshot.Destinations, destinations))
        {
            Rebuild(destinations);
        }
    }

    /// <summary>The server for a request, or null where every one has been tried.</summary>
    /// <param name="policy">Who chooses.</param>
    /// <param name="key">For policies that hash.</param>
    /// <param name="slowStart">How long a server that came back takes to its full share.</param>
    /// <param name="tried">Those that the request has been sent to already.</param>
    public Upstream? Pick(BalancingPolicy policy, ulong key, TimeSpan slowStart, IReadOnlyList<Upstream>? tried)
    {
        var all = _snapshot.Upstreams;
        if (all.Length > OnStack)
        {
            return Pick(policy, key, slowStart, tried, all, new Upstream[all.Length]);
        }

        var buffer = default(Buffer);
        return Pick(policy, key, slowStart, tried, all, buffer);
    }

    private static Upstream? Pick(BalancingPolicy policy, ulong key, TimeSpan slowStart, IReadOnlyList<Upstream>? tried, Upstream[] all, Span<Upstream> chosen)
    {
        // Where nobody is to be had, the guess that all are is better than to refuse without a try.
        var count = Select(all, tried, chosen, mustBeAvailable: true);
        count = count > 0 ? count : Select(all, tried, chosen, mustBeAvailable: false);
        return count == 0 ? null : policy.Pick(new Candidates(chosen[..count], slowStart), key);
    }

    /// <summary>Those of the lowest priority that has any.</summary>
    private static int Select(Upstream[] all, IReadOnlyList<Upstream>? tried, Span<Upstream> chosen, bool mustBeAvailable)
    {
        var count = 0;
        foreach (var upstream in all)
        {
            if (count > 0 && upstream.Priority != chosen[0].Priority)
            {
                break;
            }

            if ((tried is null || !tried.Contains(upstream)) && (!mustBeAvailable || upstream.IsAvailable))
            {
                chosen[count++] = upstream;
            }
        }

        return count;
    }

    private void Rebuild(IReadOnlyList<DestinationState> destinations)
    {
        var upstreams = new Upstream[destinations.Count];
        for (var i = 0; i < upstreams.Length; i++)
        {
            var destination = destinations[i];
            var upstream = _known.GetOrAdd(destination.DestinationId, static (id, clock) => new Upstream(id, clock), time);
            upstream.Destination = destination;
            upstream.Name = Text(destination, NameKey) ?? destination.DestinationId;
            upstream.TlsName = Text(destination, TlsNameKey);
            upstream.Weight = Number(destination, WeightKey, 1);
            upstream.Priority = Number(destination, PriorityKey, 0);
            upstreams[i] = upstream;
        }

        Array.Sort(upstreams, static (a, b) => a.Priority != b.Priority ? a.Priority.CompareTo(b.Priority) : string.CompareOrdinal(a.Id, b.Id));
        foreach (var gone in _known.Keys.Except(destinations.Select(d => d.DestinationId), StringComparer.OrdinalIgnoreCase))
        {
            _known.TryRemove(gone, out _);
        }

        _snapshot = new Snapshot(destinations, upstreams);
    }

    private static string? Text(DestinationState destination, string key) => destination.Model.Config.Metadata?.GetValueOrDefault(key);

    private static int Number(DestinationState destination, string key, int standard) =>
        Text(destination, key) is { } text && int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : standard;

    private sealed record Snapshot(IReadOnlyList<DestinationState> Destinations, Upstream[] Upstreams);

    [System.Runtime.CompilerServices.InlineArray(OnStack)]
    private struct Buffer
    {
        private Upstream _first;
    }
}
