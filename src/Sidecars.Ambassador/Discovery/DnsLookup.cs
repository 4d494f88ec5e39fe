using System.Net;
using DnsClient;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Discovery;

/// <summary>
/// Asks the DNS for all addresses behind a name as the C library would find it: names of the hosts file first, search domains,
/// one server after the other. Unlike it, it tells how long the answer is valid, and whether there is none or just no answer.
/// </summary>
/// <param name="hosts">The path of the hosts file.</param>
/// <param name="resolv">The path of resolv.conf.</param>
internal sealed class DnsLookup(string hosts = "/etc/hosts", string resolv = "/etc/resolv.conf")
{
    /// <summary>The most servers of one name; what a DNS message can hold more of is left out.</summary>
    public const int MostServers = 256;

    private readonly Lock _lock = new();
    private (LookupClient Client, IReadOnlyList<IPEndPoint> Servers, TimeSpan Timeout)? _client;

    /// <summary>Asks once. Nothing that goes wrong on the way is an exception, the cancellation excepted.</summary>
    public async Task<DnsAnswer> AskAsync(DnsQuestion question, DnsOptions options, CancellationToken cancellation)
    {
        if (!question.IsService && HostsFile.Names(TextOf(hosts), question.Name))
        {
            return DnsAnswer.InHosts;
        }

        var configuration = ResolverConfiguration.Parse(TextOf(resolv));
        var servers = options.Servers.Count > 0 ? options.EndPoints() : configuration.Servers;
        var client = ClientOf(servers, options.Timeout);
        DnsAnswer? worst = null;
        foreach (var name in configuration.NamesOf(question.Name))
        {
            var (answer, isFinal) = await AskAsync(client, name, question.IsService, options.Family, cancellation);
            if (isFinal)
            {
                return answer;
            }

            // a failure tells more than a denial: the name that failed may be the one that is meant
            worst = worst is null || answer.Result == DnsResult.Failed || (worst.Result == DnsResult.NoSuchName && answer.Result == DnsResult.NoAddress) ? answer : worst;
        }

        return worst!;
    }

    private static async Task<(DnsAnswer Answer, bool IsFinal)> AskAsync(LookupClient client, string name, bool isService, DnsFamily family, CancellationToken cancellation)
    {
        try
        {
            var answer = isService ? await ServersOfAsync(client, name, family, cancellation) : await AddressesOfAsync(client, name, family, cancellation);
            return (answer, answer.Result == DnsResult.Ok);
        }
        catch (DnsResponseException e)
        {
            // nobody answers: the next name would not fare better
            cancellation.ThrowIfCancellationRequested();
            return (DnsAnswer.Failed(e.Code == DnsResponseCode.ConnectionTimeout ? "no answer in time" : e.Message), true);
        }
#pragma warning disable CA1031 // whatever a broken server sends, and names that cannot be asked for
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return (DnsAnswer.Failed(e.Message), true);
        }
    }

    private static async Task<DnsAnswer> ServersOfAsync(LookupClient client, string name, DnsFamily family, CancellationToken cancellation)
    {
        var response = await client.QueryAsync(name, QueryType.SRV, QueryClass.IN, cancellation);
        var records = response.Answers.SrvRecords().ToList();
        if (records.Count == 0 || response.HasError)
        {
            return Without(response);
        }

        var found = new List<FoundServer>();
        var ttl = TtlOf(response);
        var trouble = DnsAnswer.None;

        // a target of "." says that the service is not offered (RFC 2782)
        foreach (var record in records.Where(r => r.Target.Value != ".").Take(MostServers))
        {
            var target = await AddressesOfAsync(client, record.Target.Value, family, cancellation);
            if (target.Result == DnsResult.Failed)
            {
                return target;
            }

            trouble = target;
            ttl = target.Result == DnsResult.Ok && target.Ttl < ttl ? target.Ttl : ttl;
            found.AddRange(target.Servers.Select(s => new FoundServer(s.Address, record.Port, record.Priority, record.Weight)));
        }

        return found.Count > 0 ? Answer(found, ttl) : trouble with { Result = DnsResult.NoAddress };
    }

    private static async Task<DnsAnswer> AddressesOfAsync(LookupClient client, string name, DnsFamily family, CancellationToken cancellation)
    {
        var four = family == DnsFamily.IPv6 ? null : await client.QueryAsync(name, QueryType.A, QueryClass.IN, cancellation);
        if (four is { Header.ResponseCode: not DnsHeaderResponseCode.NoError })
        {
            return Without(four);
        }

        var found = four?.Answers.ARecords().Select(r => new FoundServer(r.Address)).ToList() ?? [];
        if (family == DnsFamily.IPv4 || (family == DnsFamily.Auto && found.Count > 0))
        {
            return found.Count > 0 ? Answer(found, TtlOf(four!)) : Without(four!);
        }

        var six = await client.QueryAsync(name, QueryType.AAAA, QueryClass.IN, cancellation);
        if (six.HasError)
        {
            return Without(six);
        }

        found.AddRange(six.Answers.AaaaRecords().Select(r => new FoundServer(r.Address)));
        return found.Count > 0 ? Answer(found, new[] { four, six }.Where(r => r?.Answers.Count > 0).Min(r => TtlOf(r!))) : Without(six);
    }

    private static DnsAnswer Answer(List<FoundServer> found, TimeSpan ttl) => new(
        DnsResult.Ok,
        [.. found.Distinct().OrderBy(s => s.Priority).ThenBy(s => s.Address.ToString(), StringComparer.Ordinal).ThenBy(s => s.Port).Take(MostServers)],
        ttl);

    private static DnsAnswer Without(IDnsQueryResponse response) => response.Header.ResponseCode switch
    {
        DnsHeaderResponseCode.NotExistentDomain => new DnsAnswer(DnsResult.NoSuchName, [], TimeSpan.Zero, "no such name"),
        DnsHeaderResponseCode.NoError => new DnsAnswer(DnsResult.NoAddress, [], TimeSpan.Zero, "the name has no address"),
        var code => DnsAnswer.Failed($"the server answered {code}"),
    };

    private static TimeSpan TtlOf(IDnsQueryResponse response) => TimeSpan.FromSeconds(response.Answers.Min(r => r.InitialTimeToLive));

    private LookupClient ClientOf(IReadOnlyList<IPEndPoint> servers, TimeSpan timeout)
    {
        lock (_lock)
        {
            if (_client is not { } known || known.Timeout != timeout || !known.Servers.SequenceEqual(servers))
            {
                _client = known = (new LookupClient(OptionsOf(servers, timeout)), servers, timeout);
            }

            return known.Client;
        }
    }

    private static LookupClientOptions OptionsOf(IReadOnlyList<IPEndPoint> servers, TimeSpan timeout) => new([.. servers])
    {
        Timeout = timeout,
        Retries = 1,
        UseCache = false,
        UseRandomNameServer = false,
        ThrowDnsErrors = false,
        ContinueOnDnsError = true,
        ContinueOnEmptyResponse = false,
    };

    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
