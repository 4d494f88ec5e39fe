using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Resilience;

/// <summary>How long a request is given before it is sent to one more server, and to how many.</summary>
internal sealed class Hedging(HedgeOptions options)
{
    private readonly LatencyPercentile? _percentile = options.Percentile > 0 ? new LatencyPercentile(options.Percentile) : null;

    public int Max => options.Max;

    /// <summary>The time in force now.</summary>
    public TimeSpan After => _percentile?.Current is { } usual && usual > options.After ? usual : options.After;

    /// <summary>An answer has come after so long, or none within it.</summary>
    public void Observe(TimeSpan latency) => _percentile?.Observe(latency);
}
