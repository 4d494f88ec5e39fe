namespace Sidecars.Adapter.Sources;

/// <summary>
/// Waits for the end of what was killed. That comes at once, but for a process in the midst of a system call that cannot be
/// interrupted, as on a volume whose server has gone: nobody waits long for it, but it is taken whenever it comes.
/// </summary>
internal static class CommandReaper
{
    /// <summary>The longest time that the killer waits.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LateLook = TimeSpan.FromSeconds(5);

    /// <summary>Tries to take the end, for a bounded time; after that it is tried on in the background.</summary>
    /// <param name="take">Takes the end, without waiting; false where there is none yet.</param>
    /// <param name="time">The clock.</param>
    public static async Task TakeAsync(Func<bool> take, TimeProvider time)
    {
        var started = time.GetTimestamp();
        while (!take())
        {
            if (time.GetElapsedTime(started) >= Longest)
            {
                _ = TakeLateAsync(take, time);
                return;
            }

            await Task.Delay(Look, time);
        }
    }

    private static async Task TakeLateAsync(Func<bool> take, TimeProvider time)
    {
        do
        {
            await Task.Delay(LateLook, time);
        }
        while (!take());
    }
}
