namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// Lets so many connections of a service through at a time; the rest wait in a bounded queue, first come first served, for
/// a bounded time. The limits may change at any time: what is through stays through.
/// </summary>
internal sealed class ConnectionGate(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _limit;
    private int _queue;
    private int _inside;

    /// <summary>Connections in the queue.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Sets the limits.</summary>
    /// <param name="limit">The most at a time; 0 for no limit.</param>
    /// <param name="queue">The most that wait.</param>
    public void Apply(int limit, int queue)
    {
        lock (_lock)
        {
            (_limit, _queue) = (limit, queue);
            LetIn();
        }
    }

    /// <summary>Waits for its turn; who was let in calls <see cref="Leave"/>.</summary>
    /// <returns>Null when it may pass, else the reason why not.</returns>
    public async ValueTask<string?> EnterAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (HasRoom)
            {
                _inside++;
                return null;
            }

            if (_waiting.Count >= _queue)
            {
                return "queue_full";
            }

            node = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await node.Value.Task.WaitAsync(timeout, time, cancellation);
            return null;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return GiveUp(node) ? (e is TimeoutException ? "queue_timeout" : "shutdown") : null;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inside--;
            LetIn();
        }
    }

    private bool HasRoom => _limit == 0 || _inside < _limit;

    /// <summary>False where its turn came at the same moment.</summary>
    private bool GiveUp(LinkedListNode<TaskCompletionSource> node)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                return false;
            }

            _waiting.Remove(node);
            return true;
        }
    }

    private void LetIn()
    {
        while (_waiting.First is { } first && HasRoom)
        {
            _waiting.RemoveFirst();
            _inside++;
            first.Value.SetResult();
        }
    }
}
