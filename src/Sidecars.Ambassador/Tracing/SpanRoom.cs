namespace Sidecars.Ambassador.Tracing;

/// <summary>The room for spans between the end of one and its export.</summary>
/// <param name="places">How many there are.</param>
internal sealed class SpanRoom(int places)
{
    private int _taken;

    /// <summary>Takes a place, where one is left.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= places)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Gives places back.</summary>
    public void Leave(int count) => Interlocked.Add(ref _taken, -count);
}
