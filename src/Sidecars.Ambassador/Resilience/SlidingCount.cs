namespace Sidecars.Ambassador.Resilience;

/// <summary>Counts two kinds of things over the last while, in ten steps: what is older than the window is forgotten.</summary>
internal sealed class SlidingCount(TimeSpan window, TimeProvider time)
{
    private const int Steps = 10;

    private readonly Lock _lock = new();
    private readonly (int All, int Marked)[] _steps = new (int, int)[Steps];
    private readonly long _start = time.GetTimestamp();
    private long _at;
    private int _all;
    private int _marked;

    /// <summary>Counts one of all, or one of those that are marked, or both.</summary>
    public void Add(int all, int marked)
    {
        lock (_lock)
        {
            Forget();
            ref var step = ref _steps[_at % Steps];
            step = (step.All + all, step.Marked + marked);
            (_all, _marked) = (_all + all, _marked + marked);
        }
    }

    /// <summary>What was counted in the window.</summary>
    public (int All, int Marked) Sum()
    {
        lock (_lock)
        {
            Forget();
            return (_all, _marked);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_steps);
            (_all, _marked) = (0, 0);
        }
    }

    private void Forget()
    {
        var now = (long)(time.GetElapsedTime(_start) / window * Steps);
        for (var passed = Math.Min(now - _at, Steps); passed > 0; passed--)
        {
            ref var oldest = ref _steps[(now - passed + 1) % Steps];
            (_all, _marked) = (_all - oldest.All, _marked - oldest.Marked);
            oldest = default;
        }

        _at = now;
    }
}
