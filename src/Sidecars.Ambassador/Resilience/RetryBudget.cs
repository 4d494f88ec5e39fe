namespace Sidecars.Ambassador.Resilience;

/// <summary>
/// Keeps repetitions to a share of the requests, so that a service in trouble does not get a multiple of its load on top. A
/// few a second are always possible, or a service with little traffic could never repeat anything.
/// </summary>
/// <param name="percent">The share of the requests of the window.</param>
/// <param name="perSecond">What is possible whatever the share.</param>
/// <param name="time">The clock.</param>
internal sealed class RetryBudget(int percent, int perSecond, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly SlidingCount _requests = new(Window, time);

    /// <summary>A request came in.</summary>
    public void Request() => _requests.Add(all: 1, marked: 0);

    /// <summary>Takes one repetition from the budget.</summary>
    /// <returns>False where it is used up.</returns>
    public bool TryTake()
    {
        var (requests, repetitions) = _requests.Sum();
        if (repetitions >= (requests * (long)percent / 100) + (perSecond * (long)Window.TotalSeconds))
        {
            return false;
        }

        _requests.Add(all: 0, marked: 1);
        return true;
    }
}
