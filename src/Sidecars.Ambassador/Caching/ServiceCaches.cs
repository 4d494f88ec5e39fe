using System.Text.Json;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Caching;

/// <summary>The caches of one service. A change of one resource concerns all of them.</summary>
internal sealed class ServiceCaches
{
    public static readonly ServiceCaches None = new("", null, []);

    private readonly RouteCache? _shared;
    private readonly Dictionary<string, RouteCache> _own;

    private ServiceCaches(string identity, RouteCache? shared, Dictionary<string, RouteCache> own)
    {
        (Identity, _shared, _own) = (identity, shared, own);
        All = [.. shared is null ? own.Values : own.Values.Prepend(shared)];
    }

    /// <summary>What they were made of: where that changes, nothing that is kept can be trusted to be the same.</summary>
    public string Identity { get; }

    public IReadOnlyList<RouteCache> All { get; }

    public static string IdentityOf(HttpServiceOptions http) => JsonSerializer.Serialize(http, AmbassadorOptionsContext.Default.HttpServiceOptions);

    public static ServiceCaches Create(HttpServiceOptions http, CacheFigures figures, TimeProvider time)
    {
        // a pattern of hosts may send the same path elsewhere by the host alone, which the route's name tells
        var byHost = http.Host == HostHeader.Preserve;
        RouteCache? Make(CacheOptions? options) => options is { Enabled: true } ? new RouteCache(options, byHost, figures, time) : null;
        var own = http.Routes.Select(r => (r.Name, Cache: Make(r.Cache))).Where(r => r.Cache is not null).ToDictionary(r => r.Name, r => r.Cache!, StringComparer.OrdinalIgnoreCase);
        return new ServiceCaches(IdentityOf(http), Make(http.Cache), own);
    }

    /// <summary>The cache of a route; null where it has none.</summary>
    public RouteCache? Of(HttpRouteOptions route) => route.Cache is null ? _shared : _own.GetValueOrDefault(route.Name);

    /// <summary>Throws away what is known of a resource that has changed.</summary>
    public void Invalidate(CacheKey key)
    {
        foreach (var cache in All)
        {
            cache.Store.Remove(cache.ByHost ? key : key with { Host = "" }, "unsafe_method");
        }
    }

    public void Close()
    {
        foreach (var cache in All)
        {
            cache.Store.Close();
        }
    }
}
