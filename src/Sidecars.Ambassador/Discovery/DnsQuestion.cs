using System.Net;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;

namespace Sidecars.Ambassador.Discovery;

/// <summary>What the DNS is asked for an upstream.</summary>
/// <param name="Name">The name; with a dot at its end it is taken as it stands.</param>
/// <param name="IsService">Whether it is asked for servers (SRV) and not for addresses.</param>
internal readonly record struct DnsQuestion(string Name, bool IsService)
{
    private const string Local = "localhost";

    /// <summary>The question behind an HTTP upstream; null where there is nothing to ask: an address, or localhost.</summary>
    public static DnsQuestion? OfHttp(string address, string? srv) => Of(new Uri(address).DnsSafeHost, srv);

    /// <summary>The question behind a TCP upstream; null also for a Unix socket.</summary>
    public static DnsQuestion? OfTcp(string address, string? srv) =>
        TcpAddress.TryParse(address, out var target) && target.Unix is null ? Of(target.Host, srv) : null;

    /// <summary>All that a configuration needs to know.</summary>
    public static IEnumerable<DnsQuestion> Of(IReadOnlyList<ServiceOptions> services)
    {
        var http = services.Where(s => s.Http is not null).SelectMany(s => s.Http!.Routes.SelectMany(r => r.Upstreams).Concat(s.Http.Upstreams)).Select(u => OfHttp(u.Address, u.Srv));
        var tcp = services.Where(s => s.Tcp is not null).SelectMany(s => s.Tcp!.Upstreams).Select(u => OfTcp(u.Address, u.Srv));
        return http.Concat(tcp).OfType<DnsQuestion>().Distinct();
    }

    private static DnsQuestion? Of(string host, string? srv) =>
        srv is not null ? new DnsQuestion(srv.ToLowerInvariant(), true)
            : IPAddress.TryParse(host, out _) || IsLocal(host) ? null
            : new DnsQuestion(host.ToLowerInvariant(), false);

    private static bool IsLocal(string host) =>
        host.Equals(Local, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + Local, StringComparison.OrdinalIgnoreCase);
}
