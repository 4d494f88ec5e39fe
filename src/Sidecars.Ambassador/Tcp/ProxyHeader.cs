using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// The first bytes that tell a server who connects, where it expects them: the PROXY protocol of
/// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt.
/// </summary>
internal static class ProxyHeader
{
    private const byte Version2 = 0x20;
    private const byte Local = 0x00;
    private const byte Proxied = 0x01;
    private const byte TcpOver4 = 0x11;
    private const byte TcpOver6 = 0x21;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>The header of a connection.</summary>
    /// <param name="version">v1 or v2.</param>
    /// <param name="source">The application's address; null for a connection of our own, such as a health check.</param>
    /// <param name="destination">The address that it connected to.</param>
    /// <returns>The bytes. An address that is no IP address, as on a Unix socket, counts as unknown.</returns>
    public static byte[] Of(ProxyProtocolVersion version, EndPoint? source, EndPoint? destination)
    {
        var known = Known(source, destination);
        return version == ProxyProtocolVersion.V1 ? Text(known) : Binary(known, isOwn: source is null);
    }

    private static (IPEndPoint Source, IPEndPoint Destination)? Known(EndPoint? source, EndPoint? destination) =>
        source is IPEndPoint from && destination is IPEndPoint to ? (Plain(from), Plain(to)) : null;

    private static IPEndPoint Plain(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    private static byte[] Text((IPEndPoint Source, IPEndPoint Destination)? known) => Encoding.ASCII.GetBytes(known is var (source, destination)
        ? string.Create(CultureInfo.InvariantCulture, $"PROXY {(IsFour(source) ? "TCP4" : "TCP6")} {Bare(source)} {Bare(destination)} {source.Port} {destination.Port}\r\n")
        : "PROXY UNKNOWN\r\n");

    private static byte[] Binary((IPEndPoint Source, IPEndPoint Destination)? known, bool isOwn)
    {
        byte[] addresses = known is var (source, destination)
            ? [.. Bare(source).GetAddressBytes(), .. Bare(destination).GetAddressBytes(), .. Port(source), .. Port(destination)]
            : [];
        var family = known is null ? (byte)0 : IsFour(known.Value.Source) ? TcpOver4 : TcpOver6;
        return [.. Signature, (byte)(Version2 | (isOwn ? Local : Proxied)), family, .. Short(addresses.Length), .. addresses];
    }

    private static bool IsFour(IPEndPoint endPoint) => endPoint.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Without the scope of a link-local address, which means nothing elsewhere.</summary>
    private static IPAddress Bare(IPEndPoint endPoint) => IsFour(endPoint) ? endPoint.Address : new IPAddress(endPoint.Address.GetAddressBytes());

    private static byte[] Port(IPEndPoint endPoint) => Short(endPoint.Port);

    private static byte[] Short(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
