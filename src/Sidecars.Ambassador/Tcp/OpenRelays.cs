using System.Collections.Concurrent;
using System.Diagnostics;
using Sidecars.Ambassador.Tracing;

namespace Sidecars.Ambassador.Tcp;

/// <summary>The connections of a service that are relayed now: from here they are ended for reasons of the service's own.</summary>
internal sealed class OpenRelays(TcpServiceMetrics metrics)
{
    private readonly ConcurrentDictionary<Relay, Relayed> _relays = new();

    public int Count => _relays.Count;

    /// <summary>Relays one connection to its end.</summary>
    public async Task RunAsync(IRelayEnd application, TcpUpstream upstream, IRelayEnd end, Activity? span)
    {
        var relay = new Relay(application, end, metrics.Sent, metrics.Received);
        _relays[relay] = new Relayed(upstream, span, Reads: -1, Looks: 0);
        try
        {
            await relay.RunAsync();
        }
        finally
        {
            _relays.TryRemove(relay, out _);
        }
    }

    /// <summary>Looks at every connection; resets those that carried nothing for so many looks.</summary>
    public void EndSilent(int looks)
    {
        foreach (var (relay, before) in _relays)
        {
            var reads = relay.Reads;
            var now = before with { Reads = reads, Looks = reads == before.Reads ? before.Looks + 1 : 0 };
            _relays.TryUpdate(relay, now, before);
            if (now.Looks == looks)
            {
                End(relay, now, "idle_timeout");
            }
        }
    }

    /// <summary>Resets the connections to a server that was found bad.</summary>
    public void Leave(TcpUpstream upstream)
    {
        foreach (var (relay, relayed) in _relays)
        {
            if (relayed.Upstream == upstream)
            {
                End(relay, relayed, "unhealthy");
            }
        }
    }

    /// <summary>Resets every connection.</summary>
    public void Abort()
    {
        foreach (var (relay, relayed) in _relays)
        {
            End(relay, relayed, "shutdown");
        }
    }

    private void End(Relay relay, Relayed relayed, string reason)
    {
        metrics.Outcomes.Closed(reason).Inc();
        ConnectionSpans.Failed(relayed.Span, reason);
        relay.Abort();
    }

    private readonly record struct Relayed(TcpUpstream Upstream, Activity? Span, long Reads, int Looks);
}
