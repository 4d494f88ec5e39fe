namespace Sidecars.Adapter.Sources;

/// <summary>
/// A read that may hang, as of a volume whose server has gone: at most one is under way, so a hang holds one thread and not one more
/// at each scrape. Who asks meanwhile gets what the one under way gives.
/// </summary>
internal sealed class SharedRead<T>(Func<T> read)
{
    private readonly Lock _gate = new();
    private Task<T>? _running;

    public Task<T> RunAsync()
    {
        lock (_gate)
        {
            return _running is { IsCompleted: false } ? _running : _running = Task.Run(read);
        }
    }
}
