namespace Sidecars.Common.Metrics;

/// <summary>The formats in which <c>/metrics</c> can answer.</summary>
public enum MetricsFormat
{
    /// <summary>Prometheus' text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,
}

/// <summary>What one scrape asked for.</summary>
/// <param name="Format">The format of the answer.</param>
/// <param name="Timeout">How long the scraper waits for the whole answer, where it said so.</param>
public sealed record MetricsRequest(MetricsFormat Format = MetricsFormat.Text, TimeSpan? Timeout = null);
