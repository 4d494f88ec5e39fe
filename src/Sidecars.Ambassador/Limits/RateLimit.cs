namespace Sidecars.Ambassador.Limits;

/// <summary>
/// So many requests a second over time, with a burst on top: the generic cell rate algorithm, which needs one number and no
/// timer. The number is the moment at which everything let in so far would be worked off at the rate.
/// </summary>
/// <param name="perSecond">The rate.</param>
/// <param name="burst">How many may come at once.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimit(double perSecond, int burst, TimeProvider time)
{
    private readonly long _interval = (long)(time.TimestampFrequency / perSecond);
    private readonly long _tolerance = (long)(time.TimestampFrequency / perSecond * Math.Max(0, burst - 1));
    private long _workedOffAt = time.GetTimestamp();

    /// <summary>Asks for one request.</summary>
    /// <returns>Null where it may go, else how long to wait for the next chance.</returns>
    public TimeSpan? TryTake()
    {
        while (true)
        {
            var workedOff = Volatile.Read(ref _workedOffAt);
            var now = time.GetTimestamp();
            var from = Math.Max(workedOff, now);
            if (from - now > _tolerance)
            {
                return TimeSpan.FromSeconds((from - now - _tolerance) / (double)time.TimestampFrequency);
            }

            if (Interlocked.CompareExchange(ref _workedOffAt, from + _interval, workedOff) == workedOff)
            {
                return null;
            }
        }
    }
}
