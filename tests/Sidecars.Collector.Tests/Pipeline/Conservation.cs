using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>What came in is accounted for.</summary>
internal static class Conservation
{
    public static void Assert(MetricsText metrics, string output)
    {
        foreach (var unit in (string[])["bytes", "lines"])
        {
            double Of(string name) => metrics.Find($"sidecars_collector_{name}", ("output", output)) ?? 0;
            var dropped = metrics.Sum($"sidecars_collector_dropped_{unit}_total", ("output", output));
            Xunit.Assert.Equal(
                Of($"read_{unit}_total"),
                Of($"delivered_{unit}_total") + dropped + Of($"returned_{unit}_total") + Of($"in_flight_{unit}"));
        }
    }
}
