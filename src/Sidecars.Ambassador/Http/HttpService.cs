using System.Collections.Frozen;
using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Http;

/// <summary>One HTTP service as it is in force: immutable, replaced as a whole when the configuration changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">What it was made of.</param>
/// <param name="Metrics">Its figures.</param>
/// <param name="Standard">How a request of no configured route is treated.</param>
/// <param name="Routes">The configured routes by their id.</param>
/// <param name="Caches">What is kept of its answers.</param>
internal sealed record HttpService(
    string Name, HttpServiceOptions Options, HttpServiceMetrics Metrics, HttpRoute Standard, FrozenDictionary<string, HttpRoute> Routes, ServiceCaches Caches)
{
    /// <summary>The route with this id; the standard one also for a route that a reload has just brought or taken.</summary>
    public HttpRoute RouteOf(string id) => Routes.TryGetValue(id, out var route) ? route : Standard;
}
