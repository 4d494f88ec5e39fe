using System.Globalization;
using System.Net;
using System.Text.Json;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Sidecars.Ambassador.Http;

/// <summary>The one place where services become YARP's routes and clusters.</summary>
internal static class ProxyRoutes
{
    public static IReadOnlyList<RouteConfig> RoutesOf(IReadOnlyList<ServiceOptions> services) =>
        [.. services.Where(s => s.Http is not null).SelectMany(Routes)];

    public static IReadOnlyList<ClusterConfig> ClustersOf(IReadOnlyList<ServiceOptions> services) =>
        [.. services.Where(s => s.Http is not null).SelectMany(Clusters)];

    /// <summary>The name of a route among those of all services; '/' is in no name.</summary>
    public static string IdOf(string service, HttpRouteOptions route) => $"{service}/{route.Name}";

    /// <summary>The pools of a service: its own, and those of routes with servers of their own.</summary>
    public static IEnumerable<string> ClusterNamesOf(ServiceOptions service) =>
        service.Http!.Routes.Where(r => r.Upstreams.Count > 0).Select(r => IdOf(service.Name, r)).Prepend(service.Name);

    private static IEnumerable<RouteConfig> Routes(ServiceOptions service) => service.Http!.Routes.Count == 0
        ? [Route(service, service.Name, service.Name, new RouteMatch { Path = RouteMatching.AnyPath }, 0)]
        : service.Http.Routes.Select((route, order) =>
        {
            var id = IdOf(service.Name, route);
            return Route(service, id, route.Upstreams.Count == 0 ? service.Name : id, RouteMatching.MatchOf(route.Match), order, route.Transforms).WithTransforms(route.Transforms);
        });

    private static RouteConfig Route(ServiceOptions service, string id, string cluster, RouteMatch match, int order, TransformOptions? transforms = null)
    {
        var route = new RouteConfig
        {
            RouteId = id,
            ClusterId = cluster,
            Match = match,
            Order = order,
            Metadata = MetadataOf(service.Name, transforms),
        };

        // An outside service has no business to know the pod's addresses.
        return route
            .WithTransformXForwarded(xDefault: ForwardedTransformActions.Off)
            .WithTransformUseOriginalHostHeader(service.Http!.Host == HostHeader.Preserve);
    }

    private static Dictionary<string, string> MetadataOf(string service, TransformOptions? transforms) => new (string Key, string? Value)[]
    {
        (ListenerMatcherPolicy.ServiceKey, service),
        (OriginalPath.SetKey, transforms?.PathSet),
        (OriginalPath.RemovePrefixKey, transforms?.PathRemovePrefix),
        (OriginalPath.AddPrefixKey, transforms?.PathAddPrefix),
    }.Where(m => m.Value is not null).ToDictionary(m => m.Key, m => m.Value!);

    private static IEnumerable<ClusterConfig> Clusters(ServiceOptions service) =>
        service.Http!.Routes.Where(r => r.Upstreams.Count > 0).Select(r => Cluster(IdOf(service.Name, r), service.Http, r.Upstreams))
            .Prepend(Cluster(service.Name, service.Http, service.Http.Upstreams));

    private static ClusterConfig Cluster(string name, HttpServiceOptions options, List<UpstreamOptions> upstreams) => new()
    {
        ClusterId = name,
        Destinations = upstreams.ToDictionary(u => u.Address, u => Destination(u, options.Zone), StringComparer.OrdinalIgnoreCase),
        HttpRequest = RequestOf(options),
        Metadata = new Dictionary<string, string>(TlsOf(options))
        {
            [FirstAddresses.NamesKey] = FirstAddresses.TextOf(upstreams.Select(u => DnsQuestion.OfHttp(u.Address, u.Srv)).OfType<DnsQuestion>()),
            [UpstreamClientFactory.ConnectTimeoutKey] = Text(options.ConnectTimeout),
            [UpstreamClientFactory.ConnectionLifetimeKey] = Text(options.ConnectionLifetime),
            [UpstreamClientFactory.IdleConnectionTimeoutKey] = Text(options.IdleConnectionTimeout),
        },
    };

    private static IEnumerable<KeyValuePair<string, string>> TlsOf(HttpServiceOptions options) => options.Tls is null
        ? []
        : [new(UpstreamClientFactory.TlsKey, JsonSerializer.Serialize(options.Tls, AmbassadorOptionsContext.Default.UpstreamTlsOptions))];

    private static ForwarderRequestConfig RequestOf(HttpServiceOptions options)
    {
        var request = new ForwarderRequestConfig { ActivityTimeout = options.IdleTimeout };
        return options.UpstreamProtocol switch
        {
            UpstreamProtocol.Http1 => request with { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
            UpstreamProtocol.Http2 => request with { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
            _ => request,
        };
    }

    /// <summary>Within a priority, servers of the service's own zone come before all others.</summary>
    private static DestinationConfig Destination(UpstreamOptions upstream, string? zone) => new()
    {
        Address = upstream.Address,
        Metadata = new Dictionary<string, string>(SrvOf(upstream))
        {
            [UpstreamPool.WeightKey] = upstream.Weight.ToString(CultureInfo.InvariantCulture),
            [UpstreamPool.PriorityKey] = (((upstream.Priority * 2) + (zone is null || upstream.Zone == zone ? 0 : 1)) * UpstreamPool.SrvPriorities).ToString(CultureInfo.InvariantCulture),
        },
    };

    private static IEnumerable<KeyValuePair<string, string>> SrvOf(UpstreamOptions upstream) =>
        upstream.Srv is { } srv ? [new(DiscoveredDestinations.SrvKey, srv)] : [];

    private static string Text(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);
}
