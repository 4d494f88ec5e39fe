namespace Sidecars.Ambassador.Balancing;

/// <summary>
/// A mean of latencies that forgets with time, not with the number of requests, and that a slow answer lifts at once: a
/// server in trouble is noticed by its first bad answer and trusted again only slowly (as Finagle and linkerd do).
/// </summary>
internal sealed class PeakEwma(TimeProvider time)
{
    /// <summary>After so long a latency counts for 1/e.</summary>
    public static readonly TimeSpan Decay = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _at = time.GetTimestamp();
    private double _seconds;

    /// <summary>The mean in seconds; 0 where nothing is known, which makes the server worth a try.</summary>
    public double Seconds
    {
        get
        {
            lock (_lock)
            {
                // a server that was bad and is left alone is worth another try after a while
                return _seconds * Weight(time.GetElapsedTime(_at));
            }
        }
    }

    /// <summary>Adds a latency.</summary>
    public void Observe(TimeSpan latency)
    {
        var seconds = latency.TotalSeconds;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var old = Weight(time.GetElapsedTime(_at, now));
            _seconds = seconds > _seconds ? seconds : (_seconds * old) + (seconds * (1 - old));
            _at = now;
        }
    }

    private static double Weight(TimeSpan age) => Math.Exp(-Math.Max(0, age.TotalSeconds) / Decay.TotalSeconds);
}
