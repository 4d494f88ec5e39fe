using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tls;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Health;

/// <summary>
/// Asks the servers of HTTP services regularly whether they are well, over the same connections as requests. Each pool has a
/// loop of its own; a changed configuration ends all loops and begins those it wants.
/// </summary>
internal sealed partial class HealthChecks(
    IProxyStateLookup proxy, HttpRouteFactory routes, HttpMetrics metrics, TimeProvider time, ILogger<HealthChecks> logger) : IDisposable
{
    private CancellationTokenSource _stop = new();

    /// <summary>Makes the checks those of the configuration.</summary>
    public void Apply(IReadOnlyList<ServiceOptions> services)
    {
        _stop.Cancel();
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        foreach (var service in services.Where(s => s.Http is not null))
        {
            foreach (var cluster in ProxyRoutes.ClusterNamesOf(service))
            {
                Begin(service, routes.PoolOf(cluster));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Begin(ServiceOptions service, UpstreamPool pool)
    {
        if (service.Http!.HealthCheck is { } options)
        {
            _ = RunAsync(pool, options, metrics.Of(service.Name), _stop.Token);
            return;
        }

        // who is not asked any more must not stay out for ever
        foreach (var upstream in pool.Upstreams)
        {
            upstream.SetWell(true);
        }
    }

    private async Task RunAsync(UpstreamPool pool, HealthCheckOptions options, HttpServiceMetrics figures, CancellationToken stop)
    {
        var verdicts = new Dictionary<Upstream, HealthVerdict>();
        try
        {
            while (true)
            {
                if (proxy.TryGetCluster(pool.Name, out var cluster))
                {
                    pool.Follow(cluster.DestinationsState.AllDestinations);
                    await CheckAllAsync(pool.Upstreams.ToArray(), cluster, options, figures, verdicts, stop);
                }

                await Task.Delay(options.Interval, time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // the configuration has changed, or the process ends
        }
    }

    private async Task CheckAllAsync(
        Upstream[] upstreams, ClusterState cluster, HealthCheckOptions options, HttpServiceMetrics figures, Dictionary<Upstream, HealthVerdict> verdicts, CancellationToken stop)
    {
        var found = await Task.WhenAll(upstreams.Select(u => IsGoodAsync(u, cluster, options, stop)));
        for (var i = 0; i < upstreams.Length; i++)
        {
            var upstream = upstreams[i];
            if (!verdicts.TryGetValue(upstream, out var verdict))
            {
                verdicts[upstream] = verdict = new HealthVerdict(options.HealthyAfter, options.UnhealthyAfter);
            }

            if (upstream.SetWell(verdict.Add(found[i])))
            {
                Changed(logger, cluster.ClusterId, upstream.Id, upstream.IsWell ? "well" : "not well");
                if (!upstream.IsWell)
                {
                    figures.Ejected(upstream.Name, "health_check");
                }
            }
        }
    }

    private async Task<bool> IsGoodAsync(Upstream upstream, ClusterState cluster, HealthCheckOptions options, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, upstream.Destination!.Model.Config.Address.TrimEnd('/') + options.Path);
        request.Headers.Host = upstream.Destination.Model.Config.Host;
        TlsConnect.Name(request, upstream.TlsName);
        var wanted = cluster.Model.Config.HttpRequest;
        request.Version = wanted?.Version ?? request.Version;
        request.VersionPolicy = wanted?.VersionPolicy ?? request.VersionPolicy;
        try
        {
            using var response = await cluster.Model.HttpClient.SendAsync(request, either.Token);
            var status = (int)response.StatusCode;
            return options.ExpectedStatuses.Count == 0 ? status is >= 200 and <= 399 : options.ExpectedStatuses.Contains(status);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    [LoggerMessage(2105, LogLevel.Warning, "Service {Service}: health checks find upstream {Upstream} {State}")]
    private static partial void Changed(ILogger logger, string service, string upstream, string state);
}
