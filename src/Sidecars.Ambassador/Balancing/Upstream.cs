using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Balancing;

/// <summary>
/// What is known about one server of a pool: how busy, how fast and how well it is. It outlives a reload, so that nothing
/// has to be learned anew. Every member may be used from any thread; figures are approximate where exactness would cost a lock.
/// </summary>
internal sealed class Upstream(string id, TimeProvider time)
{
    private readonly PeakEwma _latency = new(time);
    private int _inFlight;
    private int _failuresInARow;
    private int _brokenInARow;
    private int _ejections;
    private int _requests;
    private long _passedOverUntil;
    private long _ejectedUntil;
    private long _rising = time.GetTimestamp();
    private volatile bool _isWell = true;

    /// <summary>Its address, as in logs; of a discovered server the configured one and the found one.</summary>
    public string Id => id;

    /// <summary>The configured address, as in metrics: found ones come and go without end.</summary>
    public string Name
    {
        get => field ?? id;
        set;
    }

    /// <summary>The name that the certificate of a discovered server must be for; null where its address says it.</summary>
    public string? TlsName { get; set; }

    /// <summary>The address as a number, the same in every process.</summary>
    public ulong Hash { get; } = StableHash.Of(id);

    /// <summary>What the forwarder is given; replaced when the configuration is.</summary>
    public DestinationState? Destination { get; set; }

    /// <summary>Its share, relative to the others' weights.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>The lowest priority with servers to be had gets the requests.</summary>
    public int Priority { get; set; }

    /// <summary>Requests under way to it from here.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Requests that were ever sent to it.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How long it takes to begin an answer: a mean that rises at once and falls slowly.</summary>
    public PeakEwma Latency => _latency;

    /// <summary>Answers of status 5xx, and failures, without a good answer between.</summary>
    public int FailuresInARow => Volatile.Read(ref _failuresInARow);

    /// <summary>How often in a row it was ejected: each ejection is longer.</summary>
    public int Ejections => Volatile.Read(ref _ejections);

    /// <summary>What the health checks say; true where there are none.</summary>
    public bool IsWell => _isWell;

    /// <summary>Whether it could not be connected to lately.</summary>
    public bool IsPassedOver => IsAhead(ref _passedOverUntil);

    /// <summary>Whether it is ejected because of what it answered.</summary>
    public bool IsEjected => IsAhead(ref _ejectedUntil);

    /// <summary>Whether it gets requests while others are to be had.</summary>
    public bool IsAvailable => _isWell && !IsPassedOver && !IsEjected;

    /// <summary>A request is sent.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _inFlight);
        Interlocked.Increment(ref _requests);
    }

    /// <summary>A request has ended, well or not.</summary>
    public void End() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Failures of the connection in a row.</summary>
    public int BrokenInARow => Volatile.Read(ref _brokenInARow);

    /// <summary>It answered, and not with a fault of its own.</summary>
    public void Succeeded()
    {
        // most of the time there is nothing to write, and a write would take the line from the other cores
        if (FailuresInARow != 0 || BrokenInARow != 0)
        {
            Volatile.Write(ref _failuresInARow, 0);
            Volatile.Write(ref _brokenInARow, 0);
        }
    }

    /// <summary>It answered with 5xx.</summary>
    public void AnsweredBadly()
    {
        Interlocked.Increment(ref _failuresInARow);
        Volatile.Write(ref _brokenInARow, 0);
    }

    /// <summary>It did not answer: the connection broke, or the time was up.</summary>
    public void Broke()
    {
        Interlocked.Increment(ref _failuresInARow);
        Interlocked.Increment(ref _brokenInARow);
    }

    /// <summary>It could not be connected to: others are preferred for a while.</summary>
    /// <returns>Whether that is news.</returns>
    public bool PassOver(TimeSpan duration)
    {
        var isNews = !IsPassedOver;
        Volatile.Write(ref _passedOverUntil, After(duration));
        BeginRise(duration);
        return isNews;
    }

    /// <summary>It gets no requests for a while.</summary>
    public void Eject(TimeSpan duration)
    {
        Interlocked.Increment(ref _ejections);
        Volatile.Write(ref _failuresInARow, 0);
        Volatile.Write(ref _brokenInARow, 0);
        Volatile.Write(ref _ejectedUntil, After(duration));
        BeginRise(duration);
    }

    /// <summary>It has been well for long enough that the next ejection is a short one again.</summary>
    public void ForgetEjections() => Volatile.Write(ref _ejections, 0);

    /// <summary>Tells what the health checks found.</summary>
    /// <returns>Whether that is a change.</returns>
    public bool SetWell(bool isWell)
    {
        if (_isWell == isWell)
        {
            return false;
        }

        _isWell = isWell;
        if (isWell)
        {
            Volatile.Write(ref _passedOverUntil, 0);
            BeginRise(TimeSpan.Zero);
        }

        return true;
    }

    /// <summary>The share of its weight that it gets so soon after it came (back): from a tenth to all of it.</summary>
    /// <param name="slowStart">How long the rise takes; zero: none.</param>
    public double RiseOf(TimeSpan slowStart)
    {
        if (slowStart == TimeSpan.Zero)
        {
            return 1;
        }

        var risen = time.GetElapsedTime(Volatile.Read(ref _rising)) / slowStart;
        return Math.Clamp(risen, 0.1, 1);
    }

    private void BeginRise(TimeSpan after) => Volatile.Write(ref _rising, After(after));

    private long After(TimeSpan duration) => time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);

    private bool IsAhead(ref long until)
    {
        var at = Volatile.Read(ref until);
        return at != 0 && time.GetTimestamp() < at;
    }
}
