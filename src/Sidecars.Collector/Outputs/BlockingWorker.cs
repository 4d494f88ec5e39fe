using System.Collections.Concurrent;

namespace Sidecars.Collector.Outputs;

/// <summary>A thread for calls that block without a way to cancel them. Who waits can leave; the thread dies with the process.</summary>
internal sealed class BlockingWorker : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public BlockingWorker(string name)
    {
        var thread = new Thread(Run, 128 * 1024) { IsBackground = true, Name = name };
        thread.Start();
    }

    public Task<T> RunAsync<T>(Func<T> call)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                result.SetResult(call());
            }
#pragma warning disable CA1031 // belongs to who waits for the call
            catch (Exception exception)
#pragma warning restore CA1031
            {
                result.SetException(exception);
            }
        });
        return result.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var call in _work.GetConsumingEnumerable())
        {
            call();
        }
    }
}
