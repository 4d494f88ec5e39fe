using System.Collections.Concurrent;

namespace Sidecars.Ambassador.Caching;

/// <summary>
/// The requests under way that others wait for (collapsed forwarding). A resource whose answer could not be kept is
/// remembered for a while: nobody waits for the next one of it.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class Flights(TimeProvider time)
{
    private static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(10);

    /// <summary>When more resources than this turn out not to be kept, all are forgotten.</summary>
    private const int MaxRemembered = 4096;

    private readonly ConcurrentDictionary<(CacheKey Key, string Route), Flight> _flights = new();
    private readonly ConcurrentDictionary<(CacheKey Key, string Route), long> _notKept = new();

    /// <summary>Begins a request that others may wait for; null where that is of no use.</summary>
    /// <param name="request">The request.</param>
    /// <param name="other">The one that is under way already, where there is one.</param>
    public Flight? Begin(CacheRequest request, out Flight? other)
    {
        other = null;
        var id = (request.Key, request.Route);
        if (_notKept.TryGetValue(id, out var since) && time.GetElapsedTime(since) < RememberedFor)
        {
            return null;
        }

        var mine = new Flight(this, id);
        var known = _flights.GetOrAdd(id, mine);
        if (ReferenceEquals(known, mine))
        {
            return mine;
        }

        other = known;
        return null;
    }

    private void End((CacheKey Key, string Route) id, Flight flight, bool isKept)
    {
        _flights.TryRemove(new KeyValuePair<(CacheKey, string), Flight>(id, flight));
        if (isKept)
        {
            _notKept.TryRemove(id, out _);
            return;
        }

        if (_notKept.Count >= MaxRemembered)
        {
            _notKept.Clear();
        }

        _notKept[id] = time.GetTimestamp();
    }

    /// <summary>One request that others may wait for.</summary>
    internal sealed class Flight(Flights flights, (CacheKey Key, string Route) id)
    {
        private readonly TaskCompletionSource _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Done when the answer is kept, or when it is known that it will not be.</summary>
        public Task Landed => _landed.Task;

        /// <summary>Lets those who wait go on: with what is kept now, or by themselves. Only the first call counts.</summary>
        /// <param name="isKept">False where this resource's answers are not worth waiting for.</param>
        public void Land(bool isKept)
        {
            if (!_landed.Task.IsCompleted)
            {
                flights.End(id, this, isKept);
                _landed.TrySetResult();
            }
        }
    }
}
