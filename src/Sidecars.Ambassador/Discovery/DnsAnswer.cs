using System.Net;

namespace Sidecars.Ambassador.Discovery;

/// <summary>How a question to the DNS went.</summary>
internal enum DnsResult
{
    /// <summary>There are addresses.</summary>
    Ok,

    /// <summary>The name stands in the hosts file: the system finds its addresses at each connection.</summary>
    Hosts,

    /// <summary>The DNS says that there is no such name (NXDOMAIN).</summary>
    NoSuchName,

    /// <summary>The name exists and has no addresses.</summary>
    NoAddress,

    /// <summary>No server gave an answer of any use.</summary>
    Failed,
}

/// <summary>One server that the DNS names.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port by the SRV record; 0 where the configuration says it.</param>
/// <param name="Priority">Of the SRV record: lower goes first.</param>
/// <param name="Weight">Of the SRV record; 0 where none is given.</param>
internal readonly record struct FoundServer(IPAddress Address, int Port = 0, int Priority = 0, int Weight = 0);

/// <summary>What the DNS answered.</summary>
/// <param name="Result">How it went.</param>
/// <param name="Servers">In an order that does not depend on that of the records.</param>
/// <param name="Ttl">How long the records are valid; the shortest of all.</param>
/// <param name="Trouble">For people; empty where all is well.</param>
internal sealed record DnsAnswer(DnsResult Result, IReadOnlyList<FoundServer> Servers, TimeSpan Ttl, string Trouble = "")
{
    /// <summary>Before the first answer.</summary>
    public static readonly DnsAnswer None = new(DnsResult.Failed, [], TimeSpan.Zero);

    public static readonly DnsAnswer InHosts = new(DnsResult.Hosts, [], TimeSpan.Zero);

    /// <summary>Whether the DNS itself says that there are no addresses.</summary>
    public bool IsDenial => Result is DnsResult.NoSuchName or DnsResult.NoAddress;

    public static DnsAnswer Failed(string trouble) => new(DnsResult.Failed, [], TimeSpan.Zero, trouble);

    /// <summary>Whether both lead to the same servers.</summary>
    public bool LeadsWhere(DnsAnswer other) => (Result == DnsResult.Hosts) == (other.Result == DnsResult.Hosts) && Servers.SequenceEqual(other.Servers);

    /// <summary>The word in metrics and logs.</summary>
    public string Word => Result switch
    {
        DnsResult.Ok => "ok",
        DnsResult.Hosts => "hosts",
        DnsResult.NoSuchName => "no_such_name",
        DnsResult.NoAddress => "no_address",
        _ => "failed",
    };
}
