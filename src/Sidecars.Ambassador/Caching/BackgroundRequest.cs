using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Sidecars.Ambassador.Http;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Caching;

/// <summary>A request equal to a client's that goes the same way, with nobody at its end: it outlives the client's own.</summary>
internal static class BackgroundRequest
{
    /// <summary>Makes one of a client's.</summary>
    /// <param name="context">The client's.</param>
    /// <param name="exchange">What is known of it.</param>
    /// <param name="services">The application's services.</param>
    /// <param name="time">The clock.</param>
    /// <param name="copy">The request.</param>
    /// <returns>What is known of the new one.</returns>
    public static Exchange Of(HttpContext context, Exchange exchange, IServiceProvider services, TimeProvider time, out HttpContext copy)
    {
        var original = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Protocol = original.Protocol,
            Scheme = original.Scheme,
            PathBase = original.PathBase,
            Path = original.Path,
            QueryString = original.QueryString,
            RawTarget = original.RawTarget,
            Headers = new HeaderDictionary(original.Headers.Where(h => !IsTheClientsOwn(h.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase)),
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = context.Connection.RemoteIpAddress ?? IPAddress.Loopback });
        features.Set(context.Features.Get<IRouteValuesFeature>());
        features.Set(context.Features.Get<IEndpointFeature>());
        features.Set<IReverseProxyFeature>(new Destinations(context.GetReverseProxyFeature()));
        var own = new Exchange(exchange.Service, time.GetTimestamp()) { Route = exchange.Route };
        features.Set(own);
        copy = new DefaultHttpContext(features) { RequestServices = services };
        return own;
    }

    private static bool IsTheClientsOwn(string header) =>
        header.Equals(HeaderNames.IfNoneMatch, StringComparison.OrdinalIgnoreCase)
        || header.Equals(HeaderNames.IfModifiedSince, StringComparison.OrdinalIgnoreCase)
        || header.Equals(HeaderNames.CacheControl, StringComparison.OrdinalIgnoreCase);

    /// <summary>The same route and servers, of which another one may be chosen.</summary>
    private sealed class Destinations(IReverseProxyFeature original) : IReverseProxyFeature
    {
        public RouteModel Route => original.Route;

        public ClusterModel Cluster => original.Cluster;

        public IReadOnlyList<DestinationState> AllDestinations => original.AllDestinations;

        public IReadOnlyList<DestinationState> AvailableDestinations { get; set; } = original.AllDestinations;

        public DestinationState? ProxiedDestination { get; set; }
    }
}
