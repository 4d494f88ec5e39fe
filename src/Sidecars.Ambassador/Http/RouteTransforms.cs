using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Sidecars.Ambassador.Http;

/// <summary>Turns a route's transforms into YARP's.</summary>
internal static class RouteTransforms
{
    public static RouteConfig WithTransforms(this RouteConfig route, TransformOptions options)
    {
        route = WithPath(route, options);
        route = options.QueryRemove.Aggregate(route, (r, name) => r.WithTransformQueryRemoveKey(name));
        route = options.QuerySet.Aggregate(route, (r, pair) => r.WithTransformQueryValue(pair.Key, pair.Value, append: false));
        route = WithRequestHeaders(route, options.RequestHeaders);
        return WithResponseHeaders(route, options.ResponseHeaders);
    }

    private static RouteConfig WithPath(RouteConfig route, TransformOptions options)
    {
        if (options.PathSet is { } whole)
        {
            return whole.Contains('{', StringComparison.Ordinal) ? route.WithTransformPathRouteValues(whole) : route.WithTransformPathSet(whole);
        }

        route = options.PathRemovePrefix is { } removed ? route.WithTransformPathRemovePrefix(removed) : route;
        return options.PathAddPrefix is { } added ? route.WithTransformPathPrefix(added) : route;
    }

    private static RouteConfig WithRequestHeaders(RouteConfig route, HeaderTransformOptions headers)
    {
        route = headers.Remove.Aggregate(route, (r, name) => r.WithTransformRequestHeaderRemove(name));
        route = headers.Set.Aggregate(route, (r, pair) => r.WithTransformRequestHeader(pair.Key, pair.Value, append: false));
        return headers.Append.Aggregate(route, (r, pair) => r.WithTransformRequestHeader(pair.Key, pair.Value, append: true));
    }

    private static RouteConfig WithResponseHeaders(RouteConfig route, HeaderTransformOptions headers)
    {
        route = headers.Remove.Aggregate(route, (r, name) => r.WithTransformResponseHeaderRemove(name, ResponseCondition.Always));
        route = headers.Set.Aggregate(route, (r, pair) => r.WithTransformResponseHeader(pair.Key, pair.Value, append: false, ResponseCondition.Always));
        return headers.Append.Aggregate(route, (r, pair) => r.WithTransformResponseHeader(pair.Key, pair.Value, append: true, ResponseCondition.Always));
    }
}
