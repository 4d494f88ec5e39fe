using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Credentials;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Health;
using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.Configuration;

namespace Sidecars.Ambassador.Http;

/// <summary>Puts the HTTP services of a configuration in force: their routes first, so that a new listener has somewhere to send requests.</summary>
internal sealed class HttpServices(
    InMemoryConfigProvider routes, NameDirectory names, HttpListeners listeners, HealthChecks checks, ServiceCredentials credentials, Caches caches, AccessLog log)
{
    /// <summary>What YARP was given at registration.</summary>
    private IReadOnlyList<ServiceOptions>? _inForce;

    public void Apply(IReadOnlyList<ServiceOptions> services, AccessLogScope scope, double percent)
    {
        if (_inForce is not null)
        {
            lock (names.Gate)
            {
                routes.Update(ProxyRoutes.RoutesOf(services), ProxyRoutes.ClustersOf(services));
            }
        }

        _inForce = services;
        credentials.Apply(services);
        log.Scope = scope;
        log.Percent = percent;
        listeners.Apply(services);
        caches.Retain(services);
        checks.Apply(services);
    }
}
