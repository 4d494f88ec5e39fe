using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Tls;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// The listeners of the HTTP services. Kestrel takes them from a configuration in memory, which it compares with what it
/// has on every change: it binds what is new, ends what is gone and leaves the rest alone.
/// </summary>
internal sealed class HttpListeners(HttpRouteFactory routes, TimeProvider time, ILogger<HttpListeners> logger)
{
    private readonly ConcurrentDictionary<EndPoint, ServiceListener> _listeners = new();
    private readonly ListenerConfiguration _configuration = new();

    /// <summary>The HTTP service of this name that is in force; null where there is none.</summary>
    public HttpService? Find(string service) => _listeners.Values.Select(listener => listener.Service).FirstOrDefault(found => found?.Name == service);

    /// <summary>Makes the listeners those of the configuration.</summary>
    public void Apply(IReadOnlyList<ServiceOptions> services)
    {
        var http = services.Where(s => s.Http is not null).ToDictionary(s => s.Listen!.EndPoint);
        foreach (var (endPoint, service) in http)
        {
            var listener = _listeners.GetOrAdd(endPoint, _ => new ServiceListener());
            listener.Tls = service.ListenTls is { } tls ? new ServerTls(tls, time, logger) : null;
            listener.Service = routes.ServiceOf(service);
        }

        routes.ForgetOthers();

        foreach (var (endPoint, listener) in _listeners)
        {
            if (!http.ContainsKey(endPoint))
            {
                listener.Service = null;
            }
        }

        _configuration.Replace(http.Select(h => (h.Key, h.Value.Http!.Protocol, h.Value.ListenTls is not null)));
    }

    private static ValueTask<SslServerAuthenticationOptions> SecureAsync(ServiceListener listener) =>
        ValueTask.FromResult(listener.Tls?.ForConnection() ?? throw new AuthenticationException("the listener has no TLS any more"));

    /// <summary>Gives Kestrel the listeners, and every connection the listener it came in on.</summary>
    public void Attach(KestrelServerOptions kestrel)
    {
        kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            var endPoint = endpoint.EndPoint;
            endpoint.Use(next => connection =>
            {
                if (endPoint is not null && _listeners.TryGetValue(endPoint, out var listener))
                {
                    connection.Features.Set(listener);
                }

                return next(connection);
            });
            if (endPoint is not null && _listeners.TryGetValue(endPoint, out var secured) && secured.Tls is not null)
            {
                endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => SecureAsync(secured) });
            }
        });
        // bodies are the upstream's business: neither their size nor their pace is limited here
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Configure(_configuration.Root, reloadOnChange: true);
    }
}
