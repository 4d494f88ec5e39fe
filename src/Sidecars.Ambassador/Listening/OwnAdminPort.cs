using System.Net;
using System.Net.Sockets;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Listening;

/// <summary>
/// Keeps services away from the ambassador's own admin port. A connection from here comes from loopback, which is trusted
/// there: through a service that leads to it, whoever reaches the service could end the process or empty the caches. Names may
/// come to lead there at any time, so that each connection is looked at, not only the configuration.
/// </summary>
/// <param name="admin">Where the admin port listens.</param>
internal sealed class OwnAdminPort(ListenAddress admin)
{
    /// <summary>Looks at a connection before anything is sent on it.</summary>
    /// <param name="socket">A connected socket; stays the caller's to dispose.</param>
    /// <exception cref="OwnAdminPortException">It leads to the admin port.</exception>
    public void Refuse(Socket socket)
    {
        if (IsAt(socket.RemoteEndPoint, socket.LocalEndPoint))
        {
            throw new OwnAdminPortException();
        }
    }

    /// <summary>Whether a server's configured address says by itself, without the DNS, that it is the admin port.</summary>
    public bool IsNamedBy(string host, int port)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            // to connect to the address of all addresses is to connect to loopback
            var reached = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address;
            return IsAt(new IPEndPoint(reached, port), null);
        }

        return (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            && (IsAt(new IPEndPoint(IPAddress.Loopback, port), null) || IsAt(new IPEndPoint(IPAddress.IPv6Loopback, port), null));
    }

    /// <summary>Whether the other end of a connection is the admin port.</summary>
    /// <param name="remote">The other end.</param>
    /// <param name="local">This end: a connection to an address of this machine begins at the same address.</param>
    internal bool IsAt(EndPoint? remote, EndPoint? local)
    {
        if (remote is not IPEndPoint to || admin.EndPoint is not IPEndPoint own)
        {
            return admin.EndPoint.Equals(remote);
        }

        var address = Plain(to.Address);
        var isOfAll = own.Address.Equals(IPAddress.Any) || own.Address.Equals(IPAddress.IPv6Any);
        return to.Port == own.Port
            && (isOfAll ? IPAddress.IsLoopback(address) || (local is IPEndPoint from && address.Equals(Plain(from.Address))) : address.Equals(Plain(own.Address)));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
