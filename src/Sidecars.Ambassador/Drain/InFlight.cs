namespace Sidecars.Ambassador.Drain;

/// <summary>Counts what is under way on any listener: HTTP requests and TCP connections.</summary>
internal sealed class InFlight
{
    private long _current;
    private long _started;

    /// <summary>Requests and connections under way.</summary>
    public long Current => Interlocked.Read(ref _current);

    /// <summary>Requests and connections that ever began; a change tells that somebody was here between two looks.</summary>
    public long Started => Interlocked.Read(ref _started);

    /// <summary>One began.</summary>
    public void Enter()
    {
        Interlocked.Increment(ref _started);
        Interlocked.Increment(ref _current);
    }

    /// <summary>One ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _current);
}
