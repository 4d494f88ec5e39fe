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
    public TcpUpstream(string address, int priority = 0)
    {
        (Address, Priority) = (address, priority);
        Target = TcpAddress.TryParse(address, out var target) ? target : throw new ArgumentException($"'{address}' is not host:port", nameof(address));
    }

    public string Address { get; }

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
