using System.Buffers;

namespace Sidecars.Collector.Records;

/// <summary>
/// Writes records as an output's protocol has them. One instance per output; for each batch <see cref="Begin"/>, then
/// <see cref="Write"/> for each record, then <see cref="End"/>. What it allocates it keeps for the next batch.
/// </summary>
internal abstract class RecordFormat : IDisposable
{
    /// <summary>Starts a batch.</summary>
    public virtual void Begin(IBufferWriter<byte> output)
    {
    }

    /// <summary>Writes a record.</summary>
    public abstract void Write(LogRecord record, IBufferWriter<byte> output);

    /// <summary>Ends the batch.</summary>
    public virtual void End(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
