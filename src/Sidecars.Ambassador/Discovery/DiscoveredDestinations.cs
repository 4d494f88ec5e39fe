using System.Globalization;
using System.Net;
using Sidecars.Ambassador.Balancing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Sidecars.Ambassador.Discovery;

/// <summary>Puts in the place of each HTTP upstream with a name one server for each of its addresses. Answers at once, from what is known.</summary>
internal sealed class DiscoveredDestinations(NameDirectory names) : IDestinationResolver
{
    /// <summary>The SRV name of a destination.</summary>
    public const string SrvKey = "srv";

    /// <inheritdoc/>
    public ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var change = names.NextChange;
        var resolved = new Dictionary<string, DestinationConfig>(StringComparer.OrdinalIgnoreCase);
        foreach (var (id, destination) in destinations)
        {
            if (QuestionOf(destination) is not { } question || names.Watch(question).Current is not { Result: not DnsResult.Hosts } answer)
            {
                resolved[id] = destination;
                continue;
            }

            foreach (var server in answer.Servers)
            {
                var at = Resolve(id, destination, server);
                resolved[$"{id} ({new Uri(at.Address).Authority})"] = at;
            }
        }

        return ValueTask.FromResult(new ResolvedDestinationCollection(resolved, change));
    }

    /// <summary>What is asked for a destination, or null.</summary>
    public static DnsQuestion? QuestionOf(DestinationConfig destination) => DnsQuestion.OfHttp(destination.Address, destination.Metadata?.GetValueOrDefault(SrvKey));

    private static DestinationConfig Resolve(string id, DestinationConfig destination, FoundServer server)
    {
        var uri = new Uri(destination.Address);
        var endPoint = new IPEndPoint(server.Address, server.Port > 0 ? server.Port : uri.Port);
        var metadata = new Dictionary<string, string>(destination.Metadata!)
        {
            [UpstreamPool.NameKey] = id,
            [UpstreamPool.WeightKey] = Text(Number(destination, UpstreamPool.WeightKey) * Math.Max(1, server.Weight)),
            [UpstreamPool.PriorityKey] = Text(Number(destination, UpstreamPool.PriorityKey) + server.Priority),
        };
        if (uri.Scheme == Uri.UriSchemeHttps)
        {
            metadata[UpstreamPool.TlsNameKey] = uri.IdnHost;
        }

        return destination with { Address = $"{uri.Scheme}://{endPoint}{uri.AbsolutePath}", Host = uri.Authority, Metadata = metadata };
    }

    private static int Number(DestinationConfig destination, string key) => int.Parse(destination.Metadata![key], CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
