namespace Sidecars.Testing;

/// <summary>What code allocates in its steady state.</summary>
public static class Allocations
{
    private const int Rounds = 10;

    /// <summary>
    /// The bytes that this thread allocates for an action: the least of several rounds, as a garbage collection that another test
    /// causes takes pooled arrays away, which are then made anew.
    /// </summary>
    public static long Least(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
