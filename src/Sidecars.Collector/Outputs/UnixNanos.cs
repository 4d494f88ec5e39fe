namespace Sidecars.Collector.Outputs;

/// <summary>Times as nanoseconds since 1970, as protocols count them.</summary>
internal static class UnixNanos
{
    public const long PerSecond = 1_000_000_000;

    /// <summary>The nanoseconds of a time in UTC; never below zero.</summary>
    public static long Of(DateTime time) => Math.Max(0, (time.Ticks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick);
}
