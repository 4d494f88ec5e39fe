using System.Collections.Concurrent;
using System.Collections.Frozen;
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
    private readonly ConcurrentDictionary<string, UpstreamPool> _pools = new(StringComparer.OrdinalIgnoreCase);

    public HttpService ServiceOf(ServiceOptions service)
    {
        var http = service.Http!;
        var figures = metrics.Of(service.Name);
        var limits = LimitsOf(http.Limits);
        var kept = caches.Of(service);
        var shared = PoolPolicies.Of(http, time);
        var standard = RouteOf(service.Name, http, new HttpRouteOptions(), shared, limits, kept);
        var routes = http.Routes.ToFrozenDictionary(
            r => ProxyRoutes.IdOf(service.Name, r),
            r => RouteOf(
                r.Upstreams.Count == 0 ? service.Name : ProxyRoutes.IdOf(service.Name, r),
                http,
                r,
                r.Upstreams.Count == 0 ? shared : PoolPolicies.Of(http, time),
                r.Limits is null ? limits : LimitsOf(r.Limits),
                kept));
        return new HttpService(service.Name, http, figures, standard, routes, kept);
    }

    /// <summary>The pool of a cluster; the same one as long as the process lives.</summary>
    public UpstreamPool PoolOf(string name) => _pools.GetOrAdd(name, static (n, clock) => new UpstreamPool(n, clock), time);

    private HttpRoute RouteOf(string pool, HttpServiceOptions http, HttpRouteOptions route, PoolPolicies shared, RequestLimits? limits, ServiceCaches caches) => new()
    {
        Pool = PoolOf(pool),
        Balancing = shared.Balancing,
        Hash = http.LoadBalancing == HttpLoadBalancing.ConsistentHash ? http.Hash : null,
        SlowStart = http.SlowStart,
        Timeout = route.Timeout ?? http.Timeout,
        TryTimeout = route.TryTimeout ?? http.TryTimeout,
        Retry = new RetryPolicy(route.Retry ?? http.Retry),
        Budget = shared.Budget,
        Hedging = (route.Hedge ?? http.Hedge) is { } hedge ? new Hedging(hedge) : null,
        Outliers = shared.Outliers,
        Breaker = shared.Breaker,
        Limits = limits,
        Cache = caches.Of(route),
        Faults = (route.Faults ?? http.Faults) is { Count: > 0 } faults ? new FaultInjection(faults, Random.Shared.NextDouble) : null,
    };

    private RequestLimits? LimitsOf(LimitOptions options) =>
        options.RequestsPerSecond > 0 || options.Concurrent > 0 ? new RequestLimits(options, time) : null;

    /// <summary>What the routes to one pool have in common.</summary>
    private sealed record PoolPolicies(BalancingPolicy Balancing, RetryBudget Budget, Outliers Outliers, BreakerGate? Breaker)
    {
        public static PoolPolicies Of(HttpServiceOptions http, TimeProvider time) => new(
            PolicyOf(http.LoadBalancing),
            new RetryBudget(http.Retry.BudgetPercent, http.Retry.BudgetPerSecond, time),
            new Outliers(http.OutlierEjection, time),
            http.CircuitBreaker is { } breaker ? new BreakerGate(breaker, time) : null);
    }

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
