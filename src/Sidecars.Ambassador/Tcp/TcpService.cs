using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Drain;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tracing;
using Sidecars.Common.Tls;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// What happens to the connections of one TCP service: wait for room, choose an upstream, connect, try the next where that
/// fails, relay. New settings hold for new connections; those under way keep what they have.
/// </summary>
internal sealed class TcpService(
    string name, TcpServiceMetrics metrics, ConnectionSpans spans, NameDirectory names, OwnAdminPort admin, InFlight inFlight, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>The longest time for what both sides say to each other before plain relaying: PostgreSQL's own limit for it.</summary>
    private static readonly TimeSpan IntroductionTimeout = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly ConnectionGate _gate = new(time);
    private readonly OpenRelays _relays = new(metrics);
    private volatile Settings? _settings;
    private volatile ServerTls? _tls;

    public string Name => name;

    public TcpServiceMetrics Metrics => metrics;

    /// <summary>The servers that new connections may go to.</summary>
    public IReadOnlyList<TcpUpstream> Upstreams => _settings?.Picker.Upstreams ?? [];

    /// <summary>Connections that are relayed now.</summary>
    public int Connections => _relays.Count;

    /// <summary>How long a connection may carry nothing; zero for ever.</summary>
    public TimeSpan IdleTimeout => _settings?.Options.IdleTimeout ?? TimeSpan.Zero;

    /// <summary>Settings for the connections from now on. An upstream that stays keeps its count and its health.</summary>
    public void Apply(TcpServiceOptions options) => Apply(options, UpstreamsOf(options));

    /// <summary>Whether and how the application's connections are secured from now on.</summary>
    public void Secure(ServerTlsOptions? options) => _tls = options is null ? null : new ServerTls(options, time, logger);

    /// <summary>To be called when a name leads elsewhere: the servers from now on are those that it leads to.</summary>
    public void Follow()
    {
        if (_settings is { } settings && UpstreamsOf(settings.Options) is var upstreams && !upstreams.SequenceEqual(settings.Picker.Upstreams))
        {
            Apply(settings.Options, upstreams);
        }
    }

    private TcpUpstream[] UpstreamsOf(TcpServiceOptions options)
    {
        var known = _settings?.Picker.Upstreams ?? [];
        return [.. DiscoveredUpstreams.Of(options, names).Select(u => known.FirstOrDefault(k => k.Id == u.Id && k.Priority == u.Priority) ?? u)];
    }

    private void Apply(TcpServiceOptions options, TcpUpstream[] upstreams)
    {
        var before = _settings;
        var known = before?.Picker.Upstreams ?? [];
        before?.Health?.Dispose();
        var opener = new UpstreamOpener(options, admin, time, logger);
        var health = options.Health is null ? null : new TcpHealthChecks(name, upstreams, options, opener, metrics.Outcomes, time, logger) { Bad = Leave };
        _settings = new Settings(options, new UpstreamPicker(upstreams, options.LoadBalancing, time), opener, health);
        _gate.Apply(options.MaxConnections, options.Queue);
        foreach (var gone in known.Where(k => upstreams.All(u => u.Address != k.Address)))
        {
            metrics.Outcomes.Forget(gone.Address);
        }

        foreach (var upstream in upstreams)
        {
            upstream.IsHealthy |= health is null;
        }

        foreach (var address in upstreams.Select(u => u.Address).Distinct())
        {
            metrics.Outcomes.Up(address).Set(upstreams.Any(u => u.Address == address && u.IsHealthy) ? 1 : 0);
        }

        health?.Start();
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
            using var span = spans.Begin(name, client.LocalEndPoint);
            var settings = _settings!;
            var refused = await WaitForRoomAsync(settings.Options, stopping);
            if (refused is not null)
            {
                Closed(span, refused);
                client.Close(0);
                return;
            }

            try
            {
                await ServeAsync(client, settings, span, stopping);
            }
            finally
            {
                _gate.Leave();
            }
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
    public void EndSilent(int looks) => _relays.EndSilent(looks);

    /// <summary>Resets every connection.</summary>
    public void Abort() => _relays.Abort();

    /// <summary>Ends the health checks; connections go on.</summary>
    public void Dispose() => _settings?.Health?.Dispose();

    private async ValueTask<string?> WaitForRoomAsync(TcpServiceOptions options, CancellationToken stopping)
    {
        var entering = _gate.EnterAsync(options.QueueTimeout, stopping);
        if (entering.IsCompletedSuccessfully)
        {
            return entering.Result;
        }

        metrics.Queued.Inc();
        try
        {
            return await entering;
        }
        finally
        {
            metrics.Queued.Dec();
        }
    }

    private async Task ServeAsync(Socket client, Settings settings, Activity? span, CancellationToken stopping)
    {
        if (await AcceptAsync(client, stopping) is not { } application)
        {
            Closed(span, "tls");
            client.Close(0);
            return;
        }

        var (upstream, open) = await ConnectAsync(settings, new ClientAddresses(client.RemoteEndPoint, client.LocalEndPoint), span, stopping);
        if (upstream is null || open?.End is null)
        {
            Closed(span, "no_upstream");
            client.Close(0);
            return;
        }

        try
        {
            var end = open.Introduce is null ? open.End : await IntroduceAsync(application, open, span);
            if (end is null)
            {
                application.Dispose();
                return;
            }

            await _relays.RunAsync(application, upstream, end, span);
        }
        finally
        {
            upstream.Leave();
        }
    }

    /// <summary>The application's side, or null where it could not be secured.</summary>
    private async ValueTask<IRelayEnd?> AcceptAsync(Socket client, CancellationToken stopping)
    {
        if (_tls is not { } tls)
        {
            return new SocketEnd(client);
        }

        using var limit = new CancellationTokenSource(HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        var stream = new SslStream(new NetworkStream(client, ownsSocket: false));
        try
        {
            await stream.AuthenticateAsServerAsync(tls.ForConnection(), either.Token);
            return new TlsEnd(stream, client);
        }
        catch (Exception e) when (UpstreamOpener.ReasonOf(e) is not null)
        {
            await stream.DisposeAsync();
            return null;
        }
    }

    private async Task<IRelayEnd?> IntroduceAsync(IRelayEnd application, OpenUpstream open, Activity? span)
    {
        using var limit = new CancellationTokenSource(IntroductionTimeout, time);
        try
        {
            using var ending = limit.Token.Register(() =>
            {
                application.Abort();
                open.End!.Abort();
            });
            return await open.Introduce!(application, limit.Token);
        }
        catch (Exception e) when (UpstreamOpener.ReasonOf(e) is { } reason)
        {
            // not a reset: an error that was sent is still to be read
            Closed(span, limit.IsCancellationRequested ? "timeout" : reason is "tls" or "protocol" ? reason : "introduction");
            open.End!.Abort();
            return null;
        }
    }

    /// <summary>Waits a bounded time for the very first answers of the DNS.</summary>
    private async Task<Settings> WaitForAddressesAsync(Settings settings, CancellationToken stopping)
    {
        try
        {
            await names.FirstAnswersAsync(DiscoveredUpstreams.QuestionsOf(settings.Options), stopping);
        }
        catch (OperationCanceledException)
        {
            // the search for an upstream ends here
        }

        return _settings!;
    }

    /// <summary>Leaves the upstream "entered" where one is returned.</summary>
    private async Task<(TcpUpstream? Upstream, OpenUpstream? Open)> ConnectAsync(Settings settings, ClientAddresses addresses, Activity? span, CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        if (settings.Picker.Upstreams.Count == 0)
        {
            settings = await WaitForAddressesAsync(settings, stopping);
        }

        var tried = new List<TcpUpstream>(1);
        while (settings.Picker.Pick(tried) is { } upstream && !stopping.IsCancellationRequested)
        {
            upstream.Enter();
            using var attempt = spans.StartTry(span, upstream, tried.Count + 1);
            var open = await settings.Opener.OpenAsync(upstream.Target, settings.Options.ConnectTimeout, addresses, stopping);
            if (open.End is not null)
            {
                metrics.ConnectSeconds.Observe(time.GetElapsedTime(started).TotalSeconds);
                metrics.Outcomes.Connected(upstream.Address).Inc();
                if (upstream.Note(failed: false, time))
                {
                    TcpLog.ConnectRecovered(logger, name, upstream.Id);
                }

                return (upstream, open);
            }

            upstream.Leave();
            tried.Add(upstream);
            ConnectionSpans.Failed(attempt, open.Reason);
            metrics.Outcomes.Failed(upstream.Address, open.Reason).Inc();
            if (upstream.Note(failed: true, time))
            {
                // once, not for every connection: how many there were is what metrics tell
                TcpLog.ConnectFailed(logger, name, upstream.Id, open.Reason);
            }
        }

        return (null, null);
    }

    private void Closed(Activity? span, string reason)
    {
        metrics.Outcomes.Closed(reason).Inc();
        ConnectionSpans.Failed(span, reason);
    }

    /// <summary>A server was found bad: where asked for, its connections are reset.</summary>
    private void Leave(TcpUpstream upstream)
    {
        if (_settings?.Options.Health?.CloseConnections == true)
        {
            _relays.Leave(upstream);
        }
    }

    private sealed record Settings(TcpServiceOptions Options, UpstreamPicker Picker, UpstreamOpener Opener, TcpHealthChecks? Health);
}
