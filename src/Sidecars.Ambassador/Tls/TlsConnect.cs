using System.Net.Security;
using System.Net.Sockets;
using Sidecars.Ambassador.Listening;

namespace Sidecars.Ambassador.Tls;

/// <summary>
/// Makes the connections of an HTTP client: never to the admin port, and where there are options for TLS, each secured from the
/// files as they are at that moment. What the client could be told instead holds for all of its connections, and it knows no other
/// name than the request's.
/// </summary>
internal static class TlsConnect
{
    private static readonly SslApplicationProtocol[] Http1 = [SslApplicationProtocol.Http11];
    private static readonly SslApplicationProtocol[] Http2 = [SslApplicationProtocol.Http2];
    private static readonly SslApplicationProtocol[] Either = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private static readonly HttpRequestOptionsKey<string> NameKey = new("tls_name");

    /// <summary>Says which name the server of a request is to be known by, where it is not the host of the request's address.</summary>
    public static void Name(HttpRequestMessage request, string? name)
    {
        if (name is not null)
        {
            request.Options.Set(NameKey, name);
        }
    }

    /// <summary>Has the handler's connections made here.</summary>
    /// <param name="handler">The client's handler.</param>
    /// <param name="tls">Secures those to https addresses; null leaves that to the handler, with the system's authorities.</param>
    /// <param name="admin">Where no connection may lead; null where no request comes from an application.</param>
    public static void Use(SocketsHttpHandler handler, UpstreamTls? tls, OwnAdminPort? admin = null) =>
        handler.ConnectCallback = (context, cancellation) => ConnectAsync(context, tls, admin, cancellation);

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, UpstreamTls? tls, OwnAdminPort? admin, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            admin?.Refuse(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var stream = new NetworkStream(socket, ownsSocket: true);
        var request = context.InitialRequestMessage;
        return tls is not null && request.RequestUri!.Scheme == Uri.UriSchemeHttps
            ? await tls.SecureAsync(stream, request.Options.TryGetValue(NameKey, out var name) ? name : context.DnsEndPoint.Host, ProtocolsOf(request), cancellation)
            : stream;
    }

    private static SslApplicationProtocol[] ProtocolsOf(HttpRequestMessage request) =>
        request.Version.Major < 2 ? Http1 : request.VersionPolicy == HttpVersionPolicy.RequestVersionExact ? Http2 : Either;
}
