using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sidecars.Ambassador.Tcp;

/// <summary>Where a server is found: a host and a port, or the path of a Unix socket.</summary>
/// <param name="Host">A name or an address; <c>localhost</c> for a Unix socket, which is what its certificate would name.</param>
/// <param name="Port">From 1 to 65535; 0 for a Unix socket.</param>
/// <param name="Unix">The Unix socket, or null.</param>
/// <param name="Found">The address that the DNS gave for the name; null where the system is to find it.</param>
internal sealed record TcpAddress(string Host, int Port, UnixDomainSocketEndPoint? Unix, IPAddress? Found = null)
{
    private const string UnixScheme = "unix:";

    /// <summary>sun_path holds 108 bytes with its terminating zero (unix(7)).</summary>
    private const int LongestPath = 107;

    public static bool TryParse(string text, [NotNullWhen(true)] out TcpAddress? address)
    {
        address = text.StartsWith(UnixScheme, StringComparison.Ordinal) ? OfUnix(text[UnixScheme.Length..]) : OfHost(text);
        return address is not null;
    }

    private static TcpAddress? OfUnix(string path) =>
        path.StartsWith('/') && System.Text.Encoding.UTF8.GetByteCount(path) <= LongestPath
            ? new TcpAddress("localhost", 0, new UnixDomainSocketEndPoint(path))
            : null;

    private static TcpAddress? OfHost(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon] : "";
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            return null;
        }

        return Uri.CheckHostName(host) is not (UriHostNameType.Unknown or UriHostNameType.Basic)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535
            ? new TcpAddress(host, port, null)
            : null;
    }
}
