using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Faults;
using Sidecars.Ambassador.Limits;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Http;

/// <summary>The one place where a service's options become what works on its requests.</summary>
internal sealed class HttpRouteFactory(HttpMetrics metrics, Caches caches, TimeProvider time)
{
    private readonly Lasting _lasting = new();
    private readonly ConcurrentDictionary<string, UpstreamPool> _pools = new(StringComparer.OrdinalIgnoreCase);

    public HttpService ServiceOf(ServiceOptions service)
    {
        var http = service.Http!;
        var figures = metrics.Of(service.Name);
        var limits = LimitsOf(service.Name, http.Limits);
        var kept = caches.Of(service);
        var shared = PoliciesOf(service.Name, http) with { Breaker = BreakerOf(service.Name, http.CircuitBreaker, figures, "") };
        var standard = RouteOf(service.Name, service.Name, http, new HttpRouteOptions(), shared, limits, kept);
        var routes = http.Routes.ToFrozenDictionary(
            r => ProxyRoutes.IdOf(service.Name, r),
            r =>
            {
                var id = ProxyRoutes.IdOf(service.Name, r);
                var isOfService = r.Upstreams.Count == 0;
                var policies = isOfService ? shared : PoliciesOf(id, http);
                var breaker = r.CircuitBreaker ?? (isOfService ? null : http.CircuitBreaker);
                return RouteOf(
                    id,
                    isOfService ? service.Name : id,
                    http,
                    r,
                    breaker is null ? policies : policies with { Breaker = BreakerOf(id, breaker, figures, r.Name) },
                    r.Limits is null ? limits : LimitsOf(id, r.Limits),
                    kept);
            });
        return new HttpService(service.Name, http, figures, standard, routes, kept);
    }

    /// <summary>The pool of a cluster; the same one as long as the process lives.</summary>
    public UpstreamPool PoolOf(string name) => _pools.GetOrAdd(name, static (n, clock) => new UpstreamPool(n, clock), time);

    /// <summary>To be called when all services have been made: forgets what was learnt for those that are gone.</summary>
    public void ForgetOthers()
    {
        foreach (var gone in _lasting.ForgetOthers().OfType<BreakerGate>())
        {
            gone.End();
        }
    }

    private HttpRoute RouteOf(string id, string pool, HttpServiceOptions http, HttpRouteOptions route, PoolPolicies shared, RequestLimits? limits, ServiceCaches caches) => new()
    {
        Pool = PoolOf(pool),
        Balancing = shared.Balancing,
        Hash = http.LoadBalancing == HttpLoadBalancing.ConsistentHash ? http.Hash : null,
        SlowStart = http.SlowStart,
        Timeout = route.Timeout ?? http.Timeout,
        TryTimeout = route.TryTimeout ?? http.TryTimeout,
        Retry = new RetryPolicy(route.Retry ?? http.Retry),
        Budget = shared.Budget,
        Hedging = (route.Hedge ?? http.Hedge) is { } hedge ? _lasting.Of(id, Text(hedge, AmbassadorOptionsContext.Default.HedgeOptions), () => new Hedging(hedge)) : null,
        Outliers = shared.Outliers,
        Breaker = shared.Breaker,
        Limits = limits,
        Cache = caches.Of(route),
        Faults = (route.Faults ?? http.Faults) is { Count: > 0 } faults ? new FaultInjection(faults, Random.Shared.NextDouble) : null,
    };

    private RequestLimits? LimitsOf(string place, LimitOptions options) => options.RequestsPerSecond > 0 || options.Concurrent > 0
        ? _lasting.Of(place, Text(options, AmbassadorOptionsContext.Default.LimitOptions), () => new RequestLimits(options, time))
        : null;

    private BreakerGate? BreakerOf(string place, CircuitBreakerOptions? options, HttpServiceMetrics figures, string route) => options is null
        ? null
        : _lasting.Of(place, Text(options, AmbassadorOptionsContext.Default.CircuitBreakerOptions), () => new BreakerGate(options, figures.BreakerStateOf(route), time), gone => gone.End());

    private PoolPolicies PoliciesOf(string pool, HttpServiceOptions http)
    {
        var (percent, perSecond) = (http.Retry.BudgetPercent, http.Retry.BudgetPerSecond);
        return new PoolPolicies(
            _lasting.Of(pool, http.LoadBalancing.ToString(), () => PolicyOf(http.LoadBalancing)),
            _lasting.Of(pool, string.Create(CultureInfo.InvariantCulture, $"{percent} {perSecond}"), () => new RetryBudget(percent, perSecond, time)),
            _lasting.Of(pool, Text(http.OutlierEjection, AmbassadorOptionsContext.Default.OutlierOptions), () => new Outliers(http.OutlierEjection, time)),
            Breaker: null);
    }

    private static string Text<T>(T options, JsonTypeInfo<T> type) => JsonSerializer.Serialize(options, type);

    /// <summary>What the routes to one pool have in common.</summary>
    private sealed record PoolPolicies(BalancingPolicy Balancing, RetryBudget Budget, Outliers Outliers, BreakerGate? Breaker);

    private static BalancingPolicy PolicyOf(HttpLoadBalancing balancing) => balancing switch
    {
        HttpLoadBalancing.LeastRequests => new LeastRequestsPolicy(Random.Shared.NextDouble),
        HttpLoadBalancing.RoundRobin => new RoundRobinPolicy(),
        HttpLoadBalancing.Random => new RandomPolicy(Random.Shared.NextDouble),
        HttpLoadBalancing.Weighted => new WeightedPolicy(),
        HttpLoadBalancing.ConsistentHash => new ConsistentHashPolicy(),
        _ => new PeakEwmaPolicy(Random.Shared.NextDouble),
    };
}
