using System.Net;
using System.Net.Sockets;
using Sidecars.Common.Configuration;

namespace Sidecars.Common.Hosting;

/// <summary>Reaches the admin port of the sidecar in this container, a TCP port or a Unix socket.</summary>
internal static class AdminClient
{
    /// <summary>For whatever the port serves.</summary>
    public static HttpClient Create(AdminOptions admin, TimeSpan timeout) =>
        Create(admin.Listen!, timeout, admin.WebConfig is { } file && WebConfig.Load(file).Options.TlsServerConfig.IsOn);

    /// <summary>For health, where it is told to everybody if there is such an address.</summary>
    public static HttpClient CreateForHealth(AdminOptions admin, TimeSpan timeout) =>
        admin.PlainListen is { } plain ? Create(plain, timeout, isTls: false) : Create(admin, timeout);

    private static HttpClient Create(ListenAddress listen, TimeSpan timeout, bool isTls)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(listen.EndPoint, token), UseProxy = false };
        if (isTls)
        {
            // the address is this container's own, whatever name its certificate is for
#pragma warning disable CA5359
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return new HttpClient(handler) { Timeout = timeout, BaseAddress = new Uri(isTls ? "https://localhost/" : "http://localhost/") };
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
