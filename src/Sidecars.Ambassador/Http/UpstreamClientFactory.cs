using System.Globalization;
using System.Net;
using System.Text.Json;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tls;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Makes the client of one service's upstreams. Connections are given up after a while so that a changed address is seen;
/// nothing about the message is changed: no redirects, cookies, decompression or proxy, and the application's own trace
/// headers go out as they came in.
/// </summary>
internal sealed class UpstreamClientFactory(OwnAdminPort admin, TimeProvider time, ILogger<UpstreamClientFactory> logger) : IForwarderHttpClientFactory
{
    public const string ConnectTimeoutKey = "connect_timeout";
    public const string ConnectionLifetimeKey = "connection_lifetime";
    public const string IdleConnectionTimeoutKey = "idle_connection_timeout";

    /// <summary>The service's TLS options as JSON; missing where it has none.</summary>
    public const string TlsKey = "tls";

    private static readonly string[] Keys = [TlsKey, ConnectTimeoutKey, ConnectionLifetimeKey, IdleConnectionTimeoutKey];

    /// <inheritdoc/>
    public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context)
    {
        if (context.OldClient is { } old && Keys.All(key => context.OldMetadata?.GetValueOrDefault(key) == context.NewMetadata?.GetValueOrDefault(key)))
        {
            return old;
        }

        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = Duration(context, ConnectTimeoutKey),
            PooledConnectionIdleTimeout = Duration(context, IdleConnectionTimeoutKey),
            PooledConnectionLifetime = Duration(context, ConnectionLifetimeKey),
        };
        var tls = context.NewMetadata?.GetValueOrDefault(TlsKey) is { } options
            ? new UpstreamTls(JsonSerializer.Deserialize(options, AmbassadorOptionsContext.Default.UpstreamTlsOptions)!, time, logger)
            : null;
        TlsConnect.Use(handler, tls, admin);
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    private static TimeSpan Duration(ForwarderHttpClientContext context, string key) =>
        TimeSpan.ParseExact(context.NewMetadata![key], "c", CultureInfo.InvariantCulture);
}
