namespace Sidecars.Adapter.Sources;

/// <summary>How long sources may take when the scraper says when it gives up: less than that, so that what there is still gets through.</summary>
internal static class ScrapeDeadline
{
    private static readonly TimeSpan MostKept = TimeSpan.FromSeconds(1);

    /// <summary>A fifth of the time, at most a second, is kept for writing and sending the page.</summary>
    public static TimeSpan? Of(TimeSpan? timeout) => timeout is { } whole ? whole - TimeSpan.FromTicks(Math.Min(MostKept.Ticks, whole.Ticks / 5)) : null;
}
