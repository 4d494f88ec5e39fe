using System.Net;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Discovery;

namespace Sidecars.Ambassador.Tcp;

/// <summary>One server that a TCP service may connect to: how many connections it has from here, and whether it is worth trying.</summary>
internal sealed class TcpUpstream
{
    /// <summary>For so long a server that could not be connected to is tried after all others.</summary>
    public static readonly TimeSpan LeftOutFor = TimeSpan.FromSeconds(5);

    private int _active;
    private int _failing;
    private long _failedAt;
    private volatile bool _checkedBad;

    /// <summary>An upstream from its address.</summary>
    /// <param name="address">As configured: <c>host:port</c>, <c>[address]:port</c> or <c>unix:/path</c>; also the label in metrics.</param>
    /// <param name="priority">Lower goes first.</param>
    /// <param name="found">Where the DNS says that it is; null where there is nothing to ask.</param>
    public TcpUpstream(string address, int priority = 0, FoundServer? found = null)
    {
        (Address, Id) = (address, address);
        Priority = (priority * UpstreamPool.SrvPriorities) + (found?.Priority ?? 0);
        Target = TcpAddress.TryParse(address, out var target) ? target : throw new ArgumentException($"'{address}' is not host:port", nameof(address));
        if (found is { } server)
        {
            Target = target with { Port = server.Port > 0 ? server.Port : target.Port, Found = server.Address };
            Id = $"{address} ({new IPEndPoint(server.Address, Target.Port)})";
        }
    }

    public string Address { get; }

    /// <summary>What tells it from the others of the same address: in logs.</summary>
    public string Id { get; }

    /// <summary>The configured priority, and within it that of the SRV record.</summary>
    public int Priority { get; }

    public TcpAddress Target { get; }

    /// <summary>Connections under way, those being established included.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>What the health checks found; true where there are none.</summary>
    public bool IsHealthy
    {
        get => !_checkedBad;
        set => _checkedBad = !value;
    }

    /// <summary>Whether it is to be preferred: not found bad, and no failed connect of late.</summary>
    public bool IsUsable(TimeProvider time) =>
        IsHealthy && (Volatile.Read(ref _failing) == 0 || time.GetElapsedTime(Volatile.Read(ref _failedAt)) >= LeftOutFor);

    public void Enter() => Interlocked.Increment(ref _active);

    public void Leave() => Interlocked.Decrement(ref _active);

    /// <summary>Notes how a connect went.</summary>
    /// <returns>Whether it went otherwise than the one before; the first failure counts as a change.</returns>
    public bool Note(bool failed, TimeProvider time)
    {
        if (failed)
        {
            Volatile.Write(ref _failedAt, time.GetTimestamp());
        }

        return Interlocked.Exchange(ref _failing, failed ? 1 : 0) != (failed ? 1 : 0);
    }
}
