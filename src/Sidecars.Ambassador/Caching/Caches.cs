using System.Collections.Concurrent;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Caching;

/// <summary>The caches of all services. They outlive a reload that changes nothing of their service.</summary>
internal sealed class Caches(CacheMetrics metrics, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ServiceCaches> _services = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The caches of a service; those that it had, where its options are the same.</summary>
    public ServiceCaches Of(ServiceOptions service)
    {
        var http = service.Http!;
        if (http.Cache is null && http.Routes.TrueForAll(r => r.Cache is null))
        {
            return ServiceCaches.None;
        }

        _services.TryGetValue(service.Name, out var before);
        if (before?.Identity == ServiceCaches.IdentityOf(http))
        {
            return before;
        }

        before?.Close();
        return _services[service.Name] = ServiceCaches.Create(http, metrics.Of(service.Name), time);
    }

    /// <summary>Ends the caches of services that are gone or have none any more.</summary>
    public void Retain(IReadOnlyList<ServiceOptions> services)
    {
        var names = services.Where(s => s.Http is { } http && (http.Cache is not null || http.Routes.Exists(r => r.Cache is not null))).Select(s => s.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in _services.Keys.Where(name => !names.Contains(name)))
        {
            if (_services.TryRemove(name, out var gone))
            {
                gone.Close();
            }
        }
    }

    /// <summary>Throws kept answers away.</summary>
    /// <param name="service">Of which service; null: of all.</param>
    /// <param name="path">Of which path, whatever its query; with '*' at its end all that begin so; null: of all.</param>
    /// <returns>How many, or null where there is no such service with a cache.</returns>
    public int? Purge(string? service, string? path)
    {
        if (service is not null && !_services.ContainsKey(service))
        {
            return null;
        }

        return _services.Where(s => service is null || s.Key.Equals(service, StringComparison.OrdinalIgnoreCase))
            .SelectMany(s => s.Value.All)
            .Sum(c => c.Store.Remove(key => Matches(key, path), "purge"));
    }

    private static bool Matches(CacheKey key, string? path) => path is null
        || (path.EndsWith('*') ? key.Path.StartsWith(path.AsSpan(0, path.Length - 1)) : key.Path.SequenceEqual(path));
}
