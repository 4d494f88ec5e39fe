using System.Net;
using System.Net.Sockets;
using Sidecars.Common.Configuration;

namespace Sidecars.Common.Hosting;

/// <summary>Reaches the admin port of the sidecar in this container, a TCP port or a Unix socket.</summary>
internal static class AdminClient
{
    public static HttpClient Create(ListenAddress listen, TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(listen.EndPoint, token), UseProxy = false };
        return new HttpClient(handler) { Timeout = timeout, BaseAddress = new Uri("http://localhost/") };
    }

    private static async ValueTask<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellation)
    {
        var target = endPoint is IPEndPoint ip && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any))
            ? new IPEndPoint(IPAddress.Loopback, ip.Port)
            : endPoint;
        var socket = new Socket(target.AddressFamily, SocketType.Stream, target is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(target, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
