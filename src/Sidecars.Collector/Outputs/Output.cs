using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Outputs;

/// <summary>
/// A place where lines go. One batch at a time, each until it is acknowledged: a batch that failed comes again, the same bytes, before
/// any other. An acknowledgement means that the cursor may move, which is for ever.
/// </summary>
internal abstract class Output(string name) : IDisposable
{
    /// <summary>The name in metrics, log and state.</summary>
    public string Name { get; } = name;

    /// <summary>Delivers a batch. Expected failures are returned; the token means: give up waiting, the process ends.</summary>
    public abstract ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken);

    /// <summary>Makes what was acknowledged durable, as far as the output can; at the end.</summary>
    public virtual void Flush()
    {
    }

    public abstract void Dispose();
}
