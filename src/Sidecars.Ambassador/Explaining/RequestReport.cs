using System.Globalization;
using System.Text;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Explaining;

/// <summary>Writes the verdict on a sample request, one fact a line.</summary>
internal sealed class RequestReport(ServiceOptions service, SampleRequest request)
{
    private readonly StringBuilder _text = new();

    public string WithoutRoute()
    {
        Add("service", $"{service.Name} ({service.Listen})");
        Add("route", "none fits: 404, sidecars-reason no_route");
        return _text.ToString();
    }

    /// <param name="route">The route, or null where the service has none.</param>
    /// <param name="upstreams">The servers it would be balanced over.</param>
    /// <param name="resolved">Where each of them leads; empty where that was not asked.</param>
    /// <param name="sent">The request as it would go to the first of them.</param>
    public string WithRoute(HttpRouteOptions? route, IReadOnlyList<UpstreamOptions> upstreams, IReadOnlyList<string> resolved, HttpRequestMessage sent)
    {
        Add("service", $"{service.Name} ({service.Listen})");
        Add("route", route?.Name ?? "the service's only one");
        AddMessage(sent);
        for (var i = 0; i < upstreams.Count; i++)
        {
            Add("upstream", Describe(upstreams[i], service.Http!.Zone));
            if (i < resolved.Count && resolved[i].Length > 0)
            {
                Add("", resolved[i]);
            }
        }

        AddPolicies(service.Http!, route ?? new HttpRouteOptions());
        foreach (var fault in route?.Faults ?? service.Http!.Faults)
        {
            Add("fault", Describe(fault));
        }

        return _text.ToString();
    }

    private void AddMessage(HttpRequestMessage sent)
    {
        Add("sent as", $"{request.Method} {sent.RequestUri}");
        Add("", $"Host: {sent.Headers.Host ?? sent.RequestUri!.Authority}");
        foreach (var header in sent.Headers.Where(h => h.Key != "Host"))
        {
            Add("", $"{header.Key}: {string.Join(", ", header.Value)}");
        }
    }

    private void AddPolicies(HttpServiceOptions http, HttpRouteOptions route)
    {
        Add("balanced by", http.LoadBalancing == HttpLoadBalancing.ConsistentHash ? $"consistent-hash of {Describe(http.Hash)}" : Names.Of(http.LoadBalancing));
        Add("timeouts", $"whole {Time(route.Timeout ?? http.Timeout)}, each try {Time(route.TryTimeout ?? http.TryTimeout)}, connect {Time(http.ConnectTimeout)}, idle {Time(http.IdleTimeout)}");
        Add("retries", Describe(route.Retry ?? http.Retry));
        Add("hedging", (route.Hedge ?? http.Hedge) is { } hedge ? Describe(hedge) : "none");
        Add("limits", Describe(route.Limits ?? http.Limits));
        Add("breaker", route.CircuitBreaker is { } own ? $"of the route, {Describe(own)}" : Describe(http.CircuitBreaker));
        Add("cache", (route.Cache ?? http.Cache) is { Enabled: true } cache ? $"up to {cache.MaxBytes}, each up to {cache.MaxEntry}" : "none");
        Add("checked by", http.HealthCheck is { } health ? $"GET {health.Path} every {Time(health.Interval)}" : "no health checks");
    }

    private void Add(string name, string text) => _text.Append(CultureInfo.InvariantCulture, $"{name,-12}{text}\n");

    private static string Describe(UpstreamOptions upstream, string? zone) =>
        Invariant($"{upstream.Address} (weight {upstream.Weight}, priority {upstream.Priority}{(zone is null ? "" : upstream.Zone == zone ? ", own zone" : ", other zone")})");

    private static string Describe(HashOptions hash) => hash.By == HashSource.Source ? "the client's address" : $"{Names.Of(hash.By)} {hash.Name}";

    private string Describe(RetryOptions retry)
    {
        var safe = retry.NonIdempotent
            || request.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE"
            || request.Headers.Any(h => h.Name.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase));
        var what = string.Join(", ", retry.Statuses.Select(s => Invariant($"status {s}")).Concat(retry.GrpcStatuses.Select(s => Invariant($"gRPC status {s}"))).Prepend("reset, try_timeout"));
        return retry.Limit == 0 ? "only where no connection was made"
            : !safe && retry.GrpcStatuses.Count == 0 ? $"only where no connection was made: {request.Method} is not repeated"
            : Invariant($"up to {retry.Limit} after {what}; budget {retry.BudgetPercent} % and {retry.BudgetPerSecond} a second");
    }

    private static string Describe(CircuitBreakerOptions? breaker) => breaker is null
        ? "none"
        : Invariant($"opens at {breaker.FailurePercent} % failures of {breaker.MinimumRequests} or more in {Time(breaker.Window)}");

    private static string Describe(HedgeOptions hedge) => Invariant(
        $"after {(hedge.Percentile > 0 ? Invariant($"the time of {hedge.Percentile} % of the answers, at least ") : "")}{Time(hedge.After)}, to {hedge.Max} more where it has no body");

    private static string Describe(LimitOptions limits)
    {
        var rate = limits.RequestsPerSecond > 0 ? Invariant($"{limits.RequestsPerSecond} a second") : "";
        var concurrent = limits.Concurrent > 0 ? Invariant($"{limits.Concurrent} at a time") : "";
        return rate.Length + concurrent.Length == 0 ? "none" : string.Join(", ", new[] { rate, concurrent }.Where(t => t.Length > 0));
    }

    private static string Describe(FaultOptions fault)
    {
        var to = fault.Header is null ? "" : $" with {fault.Header}{(fault.HeaderValue is null ? "" : $": {fault.HeaderValue}")}";
        var delay = fault.Delay > TimeSpan.Zero ? $" delayed by {Time(fault.Delay)}" : "";
        return Invariant($"{fault.Percent} % of requests{to}:{delay}{(fault.AbortStatus > 0 ? Invariant($" answered with {fault.AbortStatus}") : "")}");
    }

    private static string Time(TimeSpan duration) => duration == TimeSpan.Zero ? "none" : DurationConverter.Format(duration);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>The words of the configuration.</summary>
    private static class Names
    {
        public static string Of(HttpLoadBalancing balancing) => balancing switch
        {
            HttpLoadBalancing.LeastRequests => "least-requests",
            HttpLoadBalancing.RoundRobin => "round-robin",
            HttpLoadBalancing.Random => "random",
            HttpLoadBalancing.Weighted => "weighted",
            _ => "power-of-two-choices",
        };

        public static string Of(HashSource source) => source == HashSource.Cookie ? "cookie" : "header";
    }
}
