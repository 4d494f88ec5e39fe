using System.Threading.RateLimiting;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Resilience;

/// <summary>The breaker of one pool together with the bound on what is under way to it and on what waits for that.</summary>
internal sealed class BreakerGate(CircuitBreakerOptions options, TimeProvider time) : IDisposable
{
    private readonly ConcurrencyLimiter? _requests = options.MaxRequests == 0 ? null : new ConcurrencyLimiter(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.MaxRequests,
        QueueLimit = options.MaxPending,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public CircuitBreaker Breaker { get; } = new(options, time);

    /// <summary>Waits for a place among the requests under way, as long as the queue is not full.</summary>
    /// <returns>Null where there is no bound; a lease that is not acquired where the queue is full.</returns>
    public ValueTask<RateLimitLease?> EnterAsync(CancellationToken cancellation) => _requests is null ? default : WaitAsync(_requests, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _requests?.Dispose();

    private static async ValueTask<RateLimitLease?> WaitAsync(ConcurrencyLimiter requests, CancellationToken cancellation) =>
        await requests.AcquireAsync(1, cancellation);
}
