using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Limits;

/// <summary>The limits of what the application may send: a rate, and a number at a time.</summary>
internal sealed class RequestLimits(LimitOptions options, TimeProvider time)
{
    private readonly RateLimit? _rate = options.RequestsPerSecond > 0
        ? new RateLimit(options.RequestsPerSecond, options.Burst > 0 ? options.Burst : (int)Math.Ceiling(options.RequestsPerSecond), time)
        : null;

    private int _underWay;

    /// <summary>Asks for one request by the rate.</summary>
    /// <returns>Null where it may go, else how long to wait.</returns>
    public TimeSpan? TryTake() => _rate?.TryTake();

    /// <summary>Asks for a place among those under way; one that is given is to be given back by <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= options.Concurrent || options.Concurrent == 0)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _underWay);
}
