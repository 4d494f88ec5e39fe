using System.Globalization;
using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Transforms;

namespace Sidecars.Ambassador.Http;

/// <summary>The one place where services become YARP's routes and clusters.</summary>
internal static class ProxyRoutes
{
    public static IReadOnlyList<RouteConfig> RoutesOf(IReadOnlyList<ServiceOptions> services) =>
        [.. services.Where(s => s.Http is not null).Select(Route)];

    public static IReadOnlyList<ClusterConfig> ClustersOf(IReadOnlyList<ServiceOptions> services) =>
        [.. services.Where(s => s.Http is not null).Select(s => Cluster(s.Name, s.Http!))];

    private static RouteConfig Route(ServiceOptions service)
    {
        var route = new RouteConfig
        {
            RouteId = service.Name,
            ClusterId = service.Name,
            Match = new RouteMatch { Path = "{**all}" },
            Metadata = new Dictionary<string, string> { [ListenerMatcherPolicy.ServiceKey] = service.Name },
        };

        // An outside service has no business to know the pod's addresses.
        return route
            .WithTransformXForwarded(xDefault: ForwardedTransformActions.Off)
            .WithTransformUseOriginalHostHeader(service.Http!.Host == HostHeader.Preserve);
    }

    private static ClusterConfig Cluster(string name, HttpServiceOptions options) => new()
    {
        ClusterId = name,
        LoadBalancingPolicy = PolicyOf(options.LoadBalancing),
        Destinations = options.Upstreams.ToDictionary(u => u.Address, u => new DestinationConfig { Address = u.Address }, StringComparer.OrdinalIgnoreCase),
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = options.IdleTimeout },
        HealthCheck = new HealthCheckConfig
        {
            // A server that cannot be connected to is left out for a while, but never the last one.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = ConnectFailurePolicy.PolicyName },
        },
        Metadata = new Dictionary<string, string>
        {
            [UpstreamClientFactory.ConnectTimeoutKey] = Text(options.ConnectTimeout),
            [UpstreamClientFactory.ConnectionLifetimeKey] = Text(options.ConnectionLifetime),
        },
    };

    private static string PolicyOf(HttpLoadBalancing balancing) => balancing switch
    {
        HttpLoadBalancing.LeastRequests => LoadBalancingPolicies.LeastRequests,
        HttpLoadBalancing.RoundRobin => LoadBalancingPolicies.RoundRobin,
        HttpLoadBalancing.Random => LoadBalancingPolicies.Random,
        _ => LoadBalancingPolicies.PowerOfTwoChoices,
    };

    private static string Text(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);
}
