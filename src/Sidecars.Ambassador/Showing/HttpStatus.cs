using System.Collections.Concurrent;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Resilience;
using Sidecars.Common.Configuration;
using Sidecars.Common.Status;
using Yarp.ReverseProxy;

namespace Sidecars.Ambassador.Showing;

/// <summary>What the status page shows of HTTP services: the services with their rates and latencies, their routes, their servers.</summary>
internal sealed class HttpStatus(LiveOptions<AmbassadorOptions> options, HttpListeners listeners, IProxyStateLookup proxy)
{
    private readonly ConcurrentDictionary<string, Latencies> _latencies = new(StringComparer.Ordinal);
    private StatusRates? _requests;
    private StatusRates? _failures;

    public void AddTo(StatusBoard board)
    {
        _requests = board.AddRates(() => Totals(tally => tally.Requests));
        _failures = board.AddRates(() => Totals(tally => tally.Failed));
        board.AddSampling(_ => SampleLatencies());
        board.AddSection("http_services", "HTTP services", Services);
        board.AddSection("http_routes", "HTTP routes", Routes);
        board.AddSection("http_upstreams", "HTTP upstreams", Upstreams);
    }

    /// <summary>The share of the last minutes' requests that failed; null where there were none.</summary>
    private static double? FailedShare(StatusSeries? requests, StatusSeries? failures)
    {
        var all = requests?.ToArray().Sum() ?? 0;
        return all > 0 ? (failures?.ToArray().Sum() ?? 0) / all : null;
    }

    private static string MatchOf(RouteMatchOptions match)
    {
        string[] parts =
        [
            string.Join(" ", match.Methods),
            string.Join(" ", match.Hosts),
            match.Path ?? (match.PathPrefix is { } prefix ? $"{prefix} and below" : ""),
            string.Join(" ", match.Headers.Select(header => $"header {header.Name}")),
            string.Join(" ", match.Query.Select(parameter => $"query {parameter.Name}")),
        ];
        var text = string.Join(", ", parts.Where(part => part.Length > 0));
        return text.Length > 0 ? text : "every request";
    }

    private static StatusValue StateOf(BreakerGate? gate) => gate?.Breaker.Current switch
    {
        null => StatusValue.None,
        CircuitBreaker.State.Closed => StatusValue.State("closed", StatusLevel.Good),
        CircuitBreaker.State.HalfOpen => StatusValue.State("letting one through", StatusLevel.Warning),
        _ => StatusValue.State("open", StatusLevel.Bad),
    };

    private static StatusValue StateOf(Upstream upstream) =>
        !upstream.IsWell ? StatusValue.State("not well", StatusLevel.Bad)
        : upstream.IsEjected ? StatusValue.State("ejected", StatusLevel.Bad)
        : upstream.IsPassedOver ? StatusValue.State("no connection", StatusLevel.Bad)
        : StatusValue.State("available", StatusLevel.Good);

    private IEnumerable<(ServiceOptions Options, HttpService Service)> InForce()
    {
        foreach (var service in options.Current.AllServices())
        {
            if (service.Http is not null && listeners.Find(service.Name) is { } found)
            {
                yield return (service, found);
            }
        }
    }

    private IEnumerable<KeyValuePair<string, double>> Totals(Func<RequestTally, long> total) =>
        InForce().Select(entry => KeyValuePair.Create(entry.Service.Name, (double)total(entry.Service.Metrics.Tally)));

    private void SampleLatencies()
    {
        var services = InForce().Select(entry => entry.Service).ToList();
        foreach (var gone in _latencies.Keys.Except(services.Select(service => service.Name)))
        {
            _latencies.TryRemove(gone, out _);
        }

        foreach (var service in services)
        {
            LatenciesOf(service).Sample();
        }
    }

    private Latencies LatenciesOf(HttpService service) => _latencies.GetOrAdd(service.Name, static (_, tally) => new Latencies(tally), service.Metrics.Tally);

    private StatusTable Services()
    {
        var table = new StatusTable(
            new("service", "Service"),
            new("listen", "Listens on"),
            new("requests", "Requests"),
            new("requests_per_second", "Requests/s"),
            new("in_flight", "In flight"),
            new("failed_ratio", "Failed, 5 min"),
            new("p50_seconds", "Median"),
            new("p99_seconds", "p99"),
            new("last_error", "Last error"),
            new("last_error_time", "At"));
        foreach (var (configured, service) in InForce())
        {
            var tally = service.Metrics.Tally;
            var requests = _requests!.Of(service.Name);
            var latencies = LatenciesOf(service);
            table.Add(
                StatusValue.Text(service.Name),
                StatusValue.Text(configured.Listen!.Text),
                StatusValue.Count(tally.Requests),
                StatusValue.PerSecond(requests),
                StatusValue.Count(service.Metrics.InFlight.Value),
                StatusValue.Ratio(FailedShare(requests, _failures!.Of(service.Name))),
                StatusValue.Seconds(latencies.Median),
                StatusValue.Seconds(latencies.P99),
                StatusValue.Text(tally.LastFailure is { } failure ? $"{failure.Reason.Word}: {failure.Reason.Message}" : null),
                StatusValue.Time(tally.LastFailure?.Time));
        }

        return table;
    }

    private StatusTable Routes()
    {
        var table = new StatusTable(new("route", "Route"), new("service", "Service"), new("match", "Requests"), new("upstreams", "Upstreams of"), new("breaker", "Breaker"));
        foreach (var (configured, service) in InForce())
        {
            if (configured.Http!.Routes.Count == 0)
            {
                table.Add(StatusValue.Text(service.Name), StatusValue.Text(service.Name), StatusValue.Text("every request"), StatusValue.Text(service.Standard.Pool.Name), StateOf(service.Standard.Breaker));
            }

            foreach (var route in configured.Http.Routes)
            {
                var inForce = service.RouteOf(ProxyRoutes.IdOf(service.Name, route));
                table.Add(StatusValue.Text(route.Name), StatusValue.Text(service.Name), StatusValue.Text(MatchOf(route.Match)), StatusValue.Text(inForce.Pool.Name), StateOf(inForce.Breaker));
            }
        }

        return table;
    }

    private StatusTable Upstreams()
    {
        var table = new StatusTable(
            new("upstream", "Upstream"),
            new("pool", "Of"),
            new("state", "State"),
            new("in_flight", "In flight"),
            new("requests", "Requests"),
            new("latency_seconds", "Begins to answer after"),
            new("failures_in_a_row", "Failures in a row"),
            new("weight", "Weight"),
            new("priority", "Priority"));
        foreach (var pool in InForce().SelectMany(entry => entry.Service.Routes.Values.Prepend(entry.Service.Standard)).Select(route => route.Pool).Distinct())
        {
            if (proxy.TryGetCluster(pool.Name, out var cluster))
            {
                pool.Follow(cluster.DestinationsState.AllDestinations);
            }

            foreach (var upstream in pool.Upstreams)
            {
                table.Add(
                    StatusValue.Text(upstream.Id),
                    StatusValue.Text(pool.Name),
                    StateOf(upstream),
                    StatusValue.Count(upstream.InFlight),
                    StatusValue.Count(upstream.Requests),
                    upstream.Latency.Seconds is > 0 and var latency ? StatusValue.Seconds(latency) : StatusValue.None,
                    StatusValue.Count(upstream.FailuresInARow),
                    StatusValue.Count(upstream.Weight),
                    StatusValue.Count(upstream.Priority));
            }
        }

        return table;
    }
}
