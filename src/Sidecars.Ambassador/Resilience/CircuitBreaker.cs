using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Resilience;

/// <summary>What the breaker says to a request.</summary>
internal enum Admission
{
    Refused,
    Entered,

    /// <summary>The one that finds out whether the service is well again.</summary>
    Probe,
}

/// <summary>How a request that was let in ended.</summary>
internal enum Outcome
{
    Succeeded,
    Failed,

    /// <summary>Says nothing about the service: the application went away.</summary>
    Unknown,
}

/// <summary>
/// Leaves a service in peace that fails: opens when too large a share of the requests of a window failed, lets one probe
/// through at a time after a while, and closes when that is answered well.
/// </summary>
internal sealed class CircuitBreaker(CircuitBreakerOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SlidingCount _count = new(options.Window, time);
    private State _state = State.Closed;
    private long _openedAt;
    private bool _isProbing;

    public enum State
    {
        Closed = 0,
        HalfOpen = 1,
        Open = 2,
    }

    public State Current
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>How long until the next probe, for Retry-After.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_lock)
            {
                var left = options.OpenFor - time.GetElapsedTime(_openedAt);
                return _state == State.Open && left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Asks whether a request may go; one that may must be told of by <see cref="Leave"/>.</summary>
    public Admission TryEnter()
    {
        lock (_lock)
        {
            if (_state == State.Closed)
            {
                return Admission.Entered;
            }

            if (_isProbing || (_state == State.Open && time.GetElapsedTime(_openedAt) < options.OpenFor))
            {
                return Admission.Refused;
            }

            (_state, _isProbing) = (State.HalfOpen, true);
            return Admission.Probe;
        }
    }

    /// <summary>Tells how a request ended.</summary>
    public void Leave(Admission admission, Outcome outcome)
    {
        lock (_lock)
        {
            if (admission == Admission.Probe)
            {
                LeaveProbe(outcome);
            }
            else if (_state == State.Closed && outcome != Outcome.Unknown)
            {
                _count.Add(1, outcome == Outcome.Failed ? 1 : 0);
                OpenIfTooMany();
            }
        }
    }

    private void LeaveProbe(Outcome outcome)
    {
        _isProbing = false;
        if (outcome == Outcome.Succeeded)
        {
            _count.Clear();
            _state = State.Closed;
        }
        else if (outcome == Outcome.Failed)
        {
            Open();
        }
    }

    private void OpenIfTooMany()
    {
        var (all, failed) = _count.Sum();
        if (options.FailurePercent > 0 && all >= options.MinimumRequests && failed * 100L >= (long)options.FailurePercent * all)
        {
            Open();
        }
    }

    private void Open() => (_state, _openedAt) = (State.Open, time.GetTimestamp());
}
