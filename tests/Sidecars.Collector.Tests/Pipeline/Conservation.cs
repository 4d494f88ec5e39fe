using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>What came in is accounted for.</summary>
internal static class Conservation
{
    public static void Assert(MetricsText metrics, string output)
    {
        double Of(string name) => metrics.Find($"sidecars_collector_{name}", ("output", output)) ?? 0;
        var dropped = metrics.Sum("sidecars_collector_dropped_bytes_total", ("output", output));
        Xunit.Assert.Equal(
            Of("read_bytes_total"),
            Of("delivered_bytes_total") + dropped + Of("returned_bytes_total") + Of("in_flight_bytes"));
    }
}
