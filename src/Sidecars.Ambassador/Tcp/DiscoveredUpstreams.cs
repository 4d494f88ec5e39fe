using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tcp;

/// <summary>The servers of a TCP service as far as they are known: one for each address of each name.</summary>
internal static class DiscoveredUpstreams
{
    public static IEnumerable<TcpUpstream> Of(TcpServiceOptions options, NameDirectory names) => options.Upstreams.SelectMany(u =>
        DnsQuestion.OfTcp(u.Address, u.Srv) is not { } question || names.Watch(question).Current is not { Result: not DnsResult.Hosts } answer
            ? [new TcpUpstream(u.Address, u.Priority)]
            : answer.Servers.Select(server => new TcpUpstream(u.Address, u.Priority, server)));

    /// <summary>What the DNS is asked for a service.</summary>
    public static IEnumerable<DnsQuestion> QuestionsOf(TcpServiceOptions options) =>
        options.Upstreams.Select(u => DnsQuestion.OfTcp(u.Address, u.Srv)).OfType<DnsQuestion>();
}
