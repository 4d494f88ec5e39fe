namespace Sidecars.Ambassador.Resilience;

/// <summary>
/// The time within which so many percent of the answers come, of the last one or two thousand. Times are counted in steps of
/// an eighth of a doubling, so it is right to within a tenth.
/// </summary>
/// <param name="percent">From 1 to 99.</param>
internal sealed class LatencyPercentile(int percent)
{
    /// <summary>Fewer say nothing.</summary>
    public const int Enough = 100;

    private const int StepsOfADoubling = 8;
    private const int Remembered = 2000;

    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[StepsOfADoubling * 40];
    private int _all;

    /// <summary>The time, or null as long as too few answers have come.</summary>
    public TimeSpan? Current
    {
        get
        {
            lock (_lock)
            {
                return _all < Enough ? null : Find();
            }
        }
    }

    /// <summary>An answer has come, or none within this time.</summary>
    public void Observe(TimeSpan latency)
    {
        var step = StepOf(latency);
        lock (_lock)
        {
            _counts[step]++;
            if (++_all >= Remembered)
            {
                Halve();
            }
        }
    }

    private TimeSpan Find()
    {
        var below = 0;
        var step = 0;
        while ((below += _counts[step]) * 100L < (long)percent * _all)
        {
            step++;
        }

        // the end of the step
        return TimeSpan.FromMicroseconds(Math.Pow(2, (step + 1) / (double)StepsOfADoubling));
    }

    private void Halve()
    {
        _all = 0;
        foreach (ref var count in _counts.AsSpan())
        {
            count /= 2;
            _all += count;
        }
    }

    private int StepOf(TimeSpan latency) =>
        Math.Clamp((int)(Math.Log2(Math.Max(1, latency.TotalMicroseconds)) * StepsOfADoubling), 0, _counts.Length - 1);
}
