using System.Threading.RateLimiting;
using Prometheus;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Resilience;

/// <summary>The breaker of one pool together with the bound on what is under way to it and on what waits for that.</summary>
/// <param name="options">What it was made of.</param>
/// <param name="state">Shows the breaker's state.</param>
/// <param name="time">The clock.</param>
internal sealed class BreakerGate(CircuitBreakerOptions options, IGauge state, TimeProvider time) : IDisposable
{
    private readonly ConcurrencyLimiter? _requests = options.MaxRequests == 0 ? null : new ConcurrencyLimiter(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.MaxRequests,
        QueueLimit = options.MaxPending,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private readonly Lock _showing = new();
    private bool _isEnded;

    public CircuitBreaker Breaker { get; } = Begin(options, state, time);

    /// <summary>Waits for a place among the requests under way, as long as the queue is not full.</summary>
    /// <returns>Null where there is no bound; a lease that is not acquired where the queue is full.</returns>
    public ValueTask<RateLimitLease?> EnterAsync(CancellationToken cancellation) => _requests is null ? default : WaitAsync(_requests, cancellation);

    /// <summary>Shows the state as it is now, as long as it is its own to show.</summary>
    public void Show()
    {
        lock (_showing)
        {
            if (!_isEnded)
            {
                state.Set((int)Breaker.Current);
            }
        }
    }

    /// <summary>It is out of the configuration; requests that it let in may still be under way, but show nothing any more.</summary>
    public void End()
    {
        lock (_showing)
        {
            _isEnded = true;
            state.Set((int)CircuitBreaker.State.Closed);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _requests?.Dispose();

    private static CircuitBreaker Begin(CircuitBreakerOptions options, IGauge state, TimeProvider time)
    {
        state.Set((int)CircuitBreaker.State.Closed);
        return new CircuitBreaker(options, time);
    }

    private static async ValueTask<RateLimitLease?> WaitAsync(ConcurrencyLimiter requests, CancellationToken cancellation) =>
        await requests.AcquireAsync(1, cancellation);
}
