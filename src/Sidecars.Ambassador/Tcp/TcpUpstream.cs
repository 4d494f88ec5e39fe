using System.Globalization;

namespace Sidecars.Ambassador.Tcp;

/// <summary>One server that a TCP service may connect to, with the number of connections it has from here.</summary>
internal sealed class TcpUpstream
{
    private int _active;
    private int _failing;

    /// <summary>An upstream from its address.</summary>
    /// <param name="address">As configured: <c>host:port</c> or <c>[address]:port</c>; also the label in metrics.</param>
    public TcpUpstream(string address)
    {
        Address = address;
        if (!TryParse(address, out var host, out var port))
        {
            throw new ArgumentException($"'{address}' is not host:port", nameof(address));
        }

        (Host, Port) = (host, port);
    }

    public string Address { get; }

    public string Host { get; }

    public int Port { get; }

    /// <summary>Connections under way, those being established included.</summary>
    public int Active => Volatile.Read(ref _active);

    public void Enter() => Interlocked.Increment(ref _active);

    public void Leave() => Interlocked.Decrement(ref _active);

    /// <summary>Notes how a connect went.</summary>
    /// <returns>Whether it went otherwise than the one before; the first failure counts as a change.</returns>
    public bool Note(bool failed) => Interlocked.Exchange(ref _failing, failed ? 1 : 0) != (failed ? 1 : 0);

    public static bool TryParse(string address, out string host, out int port)
    {
        var colon = address.LastIndexOf(':');
        host = colon > 0 ? address[..colon] : "";
        port = 0;
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            return false;
        }

        return Uri.CheckHostName(host) is not (UriHostNameType.Unknown or UriHostNameType.Basic)
            && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= 65535;
    }
}
