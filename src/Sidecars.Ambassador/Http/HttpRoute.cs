using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Faults;
using Sidecars.Ambassador.Limits;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Http;

/// <summary>How the requests of one route are treated: everything that was decided from the configuration, made once.</summary>
internal sealed class HttpRoute
{
    /// <summary>The servers, and who is well among them; its state outlives a reload.</summary>
    public required UpstreamPool Pool { get; init; }

    public required BalancingPolicy Balancing { get; init; }

    /// <summary>What requests that belong together have in common; null where that makes no difference.</summary>
    public required HashOptions? Hash { get; init; }

    public required TimeSpan SlowStart { get; init; }

    /// <summary>From the request to the head of the response; zero: none.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The same for each try; zero: none.</summary>
    public required TimeSpan TryTimeout { get; init; }

    public required RetryPolicy Retry { get; init; }

    public required RetryBudget Budget { get; init; }

    /// <summary>Null where requests are sent to one server at a time.</summary>
    public required Hedging? Hedging { get; init; }

    public required Outliers Outliers { get; init; }

    /// <summary>Null where there is none.</summary>
    public required BreakerGate? Breaker { get; init; }

    /// <summary>Null where there are none.</summary>
    public required RequestLimits? Limits { get; init; }

    /// <summary>Null where there are none.</summary>
    public required FaultInjection? Faults { get; init; }

    /// <summary>Null where nothing is kept.</summary>
    public required RouteCache? Cache { get; init; }

    /// <summary>The longest time until the head of a response from now on, or null where there is no limit.</summary>
    /// <param name="sinceRequest">The age of the request.</param>
    /// <param name="isOfTry">Whether it is the time of the try that is shorter.</param>
    public TimeSpan? TimeLeft(TimeSpan sinceRequest, out bool isOfTry)
    {
        var left = Timeout == TimeSpan.Zero ? TimeSpan.MaxValue : Timeout - sinceRequest;
        isOfTry = TryTimeout != TimeSpan.Zero && TryTimeout < left;
        left = isOfTry ? TryTimeout : left;
        return left == TimeSpan.MaxValue ? null : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
