using System.Collections.Immutable;

namespace Sidecars.Common.Health;

/// <summary>
/// What the probes ask: whether the sidecar has started, is ready, and makes progress. Nothing here depends on a remote
/// service, because a sidecar's readiness counts for the whole pod.
/// </summary>
public sealed class HealthRegistry(TimeProvider time)
{
    private ImmutableArray<HealthGate> _startup = [];
    private ImmutableArray<ProgressMark> _progress = [];
    private volatile bool _draining;

    /// <summary>Adds something that must have happened before the sidecar counts as started.</summary>
    /// <param name="name">Shown by the probe while it is missing.</param>
    /// <returns>The gate; open it once.</returns>
    public HealthGate AddStartup(string name)
    {
        var gate = new HealthGate(name);
        ImmutableInterlocked.Update(ref _startup, s => s.Add(gate));
        return gate;
    }

    /// <summary>Adds a loop that must come round again and again.</summary>
    /// <param name="name">Shown by the probe when the loop hangs.</param>
    /// <param name="maximumAge">The longest time between two beats before <c>/healthz</c> fails.</param>
    /// <returns>The mark; beat it on every round.</returns>
    public ProgressMark AddProgress(string name, TimeSpan maximumAge)
    {
        var mark = new ProgressMark(name, maximumAge, time);
        ImmutableInterlocked.Update(ref _progress, p => p.Add(mark));
        return mark;
    }

    /// <summary>Ends a loop's duty, where the loop itself has ended on purpose.</summary>
    /// <param name="mark">What <see cref="AddProgress"/> gave.</param>
    public void Remove(ProgressMark mark) => ImmutableInterlocked.Update(ref _progress, p => p.Remove(mark));

    internal void BeginDrain() => _draining = true;

    /// <summary>What keeps the sidecar from counting as started; empty when it has.</summary>
    internal IReadOnlyList<string> StartupFailures() => [.. _startup.Where(g => !g.IsOpen).Select(g => $"{g.Name}: not yet")];

    /// <summary>What keeps the sidecar from being ready; empty when it is.</summary>
    internal IReadOnlyList<string> ReadinessFailures() => _draining ? ["draining"] : StartupFailures();

    /// <summary>Which loops hang; empty when all make progress.</summary>
    internal IReadOnlyList<string> LivenessFailures() =>
        [.. _progress.Where(p => p.IsStale).Select(p => $"{p.Name}: no progress for {p.Age.TotalSeconds:F0} s")];
}

/// <summary>Something that must happen once before the sidecar counts as started.</summary>
public sealed class HealthGate
{
    private volatile bool _open;

    internal HealthGate(string name) => Name = name;

    internal string Name { get; }

    internal bool IsOpen => _open;

    /// <summary>It has happened.</summary>
    public void Open() => _open = true;
}

/// <summary>A loop's sign of life.</summary>
public sealed class ProgressMark
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _maximumAge;
    private long _last;

    internal ProgressMark(string name, TimeSpan maximumAge, TimeProvider time)
    {
        (Name, _maximumAge, _time) = (name, maximumAge, time);
        _last = time.GetTimestamp();
    }

    internal string Name { get; }

    internal TimeSpan Age => _time.GetElapsedTime(Interlocked.Read(ref _last));

    internal bool IsStale => Age > _maximumAge;

    /// <summary>The loop came round.</summary>
    public void Beat() => Interlocked.Exchange(ref _last, _time.GetTimestamp());
}
