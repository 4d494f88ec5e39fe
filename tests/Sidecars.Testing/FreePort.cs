using System.Net;
using System.Net.Sockets;

namespace Sidecars.Testing;

/// <summary>Ports on loopback that nobody listens on at the moment of asking.</summary>
public static class FreePort
{
    /// <summary>A TCP port.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A UDP port.</summary>
    public static int NextUdp()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }
}
