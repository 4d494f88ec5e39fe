using System.Collections.Concurrent;
using System.Net.Sockets;
using Sidecars.Ambassador.Drain;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// What happens to the connections of one TCP service: choose an upstream, connect, try the next where that fails, relay.
/// New settings hold for new connections; those under way keep what they have.
/// </summary>
internal sealed class TcpService(string name, TcpServiceMetrics metrics, InFlight inFlight, TimeProvider time, ILogger logger)
{
    private readonly UpstreamConnector _connector = new(time);
    private readonly ConcurrentDictionary<Relay, Silence> _relays = new();
    private volatile Settings? _settings;

    public string Name => name;

    /// <summary>Connections that are relayed now.</summary>
    public int Connections => _relays.Count;

    /// <summary>How long a connection may carry nothing; zero for ever.</summary>
    public TimeSpan IdleTimeout => _settings?.IdleTimeout ?? TimeSpan.Zero;

    /// <summary>Settings for the connections from now on. An upstream that stays keeps its count.</summary>
    public void Apply(TcpServiceOptions options)
    {
        var known = _settings?.Picker.Upstreams.ToDictionary(u => u.Address, StringComparer.Ordinal) ?? [];
        TcpUpstream[] upstreams = [.. options.Upstreams.Select(u => known.GetValueOrDefault(u.Address) ?? new TcpUpstream(u.Address))];
        _settings = new Settings(new UpstreamPicker(upstreams, options.LoadBalancing), options.ConnectTimeout, options.IdleTimeout);
    }

    /// <summary>Serves one accepted connection to its end.</summary>
    /// <param name="client">The application's side; disposed here.</param>
    /// <param name="stopping">Ends the search for an upstream.</param>
    /// <returns>A task that never fails.</returns>
    public async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        inFlight.Enter();
        metrics.Connections.Inc();
        metrics.Active.Inc();
        try
        {
            var (upstream, socket) = await ConnectAsync(_settings!, stopping);
            if (upstream is null || socket is null)
            {
                metrics.Outcomes.Closed("no_upstream").Inc();
                client.Close(0);
                return;
            }

            await RelayAsync(client, upstream, socket);
        }
#pragma warning disable CA1031 // nobody awaits this task: a bug in one connection is told and ends that connection
        catch (Exception e)
#pragma warning restore CA1031
        {
            client.Close(0);
            TcpLog.ConnectionFailed(logger, e, name);
        }
        finally
        {
            metrics.Active.Dec();
            inFlight.Leave();
        }
    }

    /// <summary>Looks at every connection; resets those that carried nothing for so many looks. No clock on the data path.</summary>
    public void EndSilent(int looks)
    {
        foreach (var (relay, before) in _relays)
        {
            var reads = relay.Reads;
            var now = new Silence(reads, reads == before.Reads ? before.Looks + 1 : 0);
            _relays.TryUpdate(relay, now, before);
            if (now.Looks == looks)
            {
                metrics.Outcomes.Closed("idle_timeout").Inc();
                relay.Abort();
            }
        }
    }

    /// <summary>Resets every connection.</summary>
    public void Abort()
    {
        foreach (var relay in _relays.Keys)
        {
            metrics.Outcomes.Closed("shutdown").Inc();
            relay.Abort();
        }
    }

    /// <summary>Leaves the upstream "entered" where a socket is returned.</summary>
    private async Task<(TcpUpstream? Upstream, Socket? Socket)> ConnectAsync(Settings settings, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        var tried = new List<TcpUpstream>(1);
        while (settings.Picker.Pick(tried) is { } upstream && !stopping.IsCancellationRequested)
        {
            upstream.Enter();
            var result = await _connector.ConnectAsync(upstream, settings.ConnectTimeout, stopping);
            if (result.Socket is not null)
            {
                metrics.ConnectSeconds.Observe(time.GetElapsedTime(started).TotalSeconds);
                metrics.Outcomes.Connected(upstream.Address).Inc();
                if (upstream.Note(failed: false))
                {
                    TcpLog.ConnectRecovered(logger, name, upstream.Address);
                }

                return (upstream, result.Socket);
            }

            upstream.Leave();
            tried.Add(upstream);
            metrics.Outcomes.Failed(upstream.Address, result.Reason).Inc();
            if (upstream.Note(failed: true))
            {
                // once, not for every connection: how many there were is what metrics tell
                TcpLog.ConnectFailed(logger, name, upstream.Address, result.Reason);
            }
        }

        return (null, null);
    }

    private async Task RelayAsync(Socket client, TcpUpstream upstream, Socket socket)
    {
        var relay = new Relay(client, socket, metrics.Sent, metrics.Received);
        _relays[relay] = new Silence(Reads: -1, Looks: 0);
        try
        {
            await relay.RunAsync();
        }
        finally
        {
            _relays.TryRemove(relay, out _);
            upstream.Leave();
        }
    }

    private readonly record struct Silence(long Reads, int Looks);

    private sealed record Settings(UpstreamPicker Picker, TimeSpan ConnectTimeout, TimeSpan IdleTimeout);
}
