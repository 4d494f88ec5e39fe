namespace Sidecars.Ambassador.Resilience;

/// <summary>The pause before a repetition: exponential, with full jitter, so that those who failed together do not come back together.</summary>
internal static class Backoff
{
    /// <param name="repetition">1 for the first.</param>
    /// <param name="first">The longest pause before the first.</param>
    /// <param name="longest">The longest of all.</param>
    /// <param name="random">From 0 up to 1.</param>
    public static TimeSpan Of(int repetition, TimeSpan first, TimeSpan longest, double random)
    {
        var ceiling = first * Math.Pow(2, Math.Min(repetition - 1, 30));
        return (ceiling < longest ? ceiling : longest) * random;
    }
}
