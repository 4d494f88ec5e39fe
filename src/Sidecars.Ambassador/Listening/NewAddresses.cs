using System.Net;
using System.Net.Sockets;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Listening;

/// <summary>
/// Finds out before a change whether the addresses that it brings are to be had. Once listeners have been ended for the
/// change it is too late: Kestrel would leave a service without any.
/// </summary>
internal static class NewAddresses
{
    /// <summary>Binds every address that is not in force yet, and lets it go again.</summary>
    /// <param name="inForce">The services that listen now.</param>
    /// <param name="wanted">The services that are to listen.</param>
    /// <exception cref="IOException">An address is not to be had; names the service and the address.</exception>
    public static void Check(IReadOnlyList<ServiceOptions> inForce, IReadOnlyList<ServiceOptions> wanted)
    {
        // what overlaps an address in force cannot be tried: it is this process that holds it
        foreach (var service in wanted.Where(w => !inForce.Any(s => Overlap(s.Listen!, w.Listen!))))
        {
            try
            {
                using var socket = ListenSocket.Bind(service.Listen!.EndPoint);
                socket.Listen(1);
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
            {
                throw new IOException($"service {service.Name} cannot listen on {service.Listen}: {e.Message}", e);
            }
        }
    }

    /// <summary>Whether two listeners cannot both be bound.</summary>
    public static bool Overlap(ListenAddress a, ListenAddress b)
    {
        if (a.EndPoint is not IPEndPoint left || b.EndPoint is not IPEndPoint right)
        {
            return a.EndPoint.Equals(b.EndPoint);
        }

        return left.Port == right.Port && (left.Address.Equals(right.Address) || IsAny(left.Address) || IsAny(right.Address));
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
