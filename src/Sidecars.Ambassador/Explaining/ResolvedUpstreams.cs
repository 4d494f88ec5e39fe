using System.Net;
using System.Net.Sockets;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Explaining;

/// <summary>Where the names of upstreams lead now, found as the proxy finds them.</summary>
internal static class ResolvedUpstreams
{
    /// <summary>One text for each upstream; empty where it needs no name.</summary>
    public static Task<string[]> OfAsync(IReadOnlyList<UpstreamOptions> upstreams, DnsOptions options, CancellationToken cancellation)
    {
        var lookup = new DnsLookup();
        return Task.WhenAll(upstreams.Select(upstream => OfAsync(lookup, upstream, options, cancellation)));
    }

    private static async Task<string> OfAsync(DnsLookup lookup, UpstreamOptions upstream, DnsOptions options, CancellationToken cancellation)
    {
        if (DnsQuestion.OfHttp(upstream.Address, upstream.Srv) is not { } question)
        {
            return "";
        }

        var answer = await lookup.AskAsync(question, options, cancellation);
        return answer.Result switch
        {
            DnsResult.Ok => $"leads to {string.Join(", ", answer.Servers.Select(Describe))}; valid for {DurationConverter.Format(answer.Ttl)}",
            DnsResult.Hosts => await OfHostsAsync(question.Name, cancellation),
            _ => $"leads nowhere: {answer.Trouble}",
        };
    }

    private static string Describe(FoundServer server) => server.Port == 0
        ? server.Address.ToString()
        : FormattableString.Invariant($"{new IPEndPoint(server.Address, server.Port)} (priority {server.Priority}, weight {server.Weight})");

    private static async Task<string> OfHostsAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return $"leads to {string.Join(", ", (await Dns.GetHostAddressesAsync(name, cancellation)).Select(a => a.ToString()))}, by the hosts file";
        }
        catch (SocketException e)
        {
            return $"leads nowhere: {e.Message}";
        }
    }
}
