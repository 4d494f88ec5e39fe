using System.Net.Security;
using System.Net.Sockets;

namespace Sidecars.Ambassador.Tls;

/// <summary>
/// Makes an HTTP client secure its connections itself, each from the files as they are at that moment. What the client could be
/// told instead holds for all of its connections, and it knows no other name than the request's.
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

    /// <summary>Has the handler's connections to https addresses secured by <paramref name="tls"/>.</summary>
    public static void Use(SocketsHttpHandler handler, UpstreamTls tls) =>
        handler.ConnectCallback = (context, cancellation) => ConnectAsync(context, tls, cancellation);

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, UpstreamTls tls, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var stream = new NetworkStream(socket, ownsSocket: true);
        var request = context.InitialRequestMessage;
        return request.RequestUri!.Scheme == Uri.UriSchemeHttps
            ? await tls.SecureAsync(stream, request.Options.TryGetValue(NameKey, out var name) ? name : context.DnsEndPoint.Host, ProtocolsOf(request), cancellation)
            : stream;
    }

    private static SslApplicationProtocol[] ProtocolsOf(HttpRequestMessage request) =>
        request.Version.Major < 2 ? Http1 : request.VersionPolicy == HttpVersionPolicy.RequestVersionExact ? Http2 : Either;
}
