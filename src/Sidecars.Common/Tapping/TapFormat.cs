using System.Buffers;

namespace Sidecars.Common.Tapping;

/// <summary>Writes what passed as JSON lines. One instance per listener; not for several threads at once.</summary>
/// <typeparam name="T">A copy of what passed.</typeparam>
public abstract class TapFormat<T> : IDisposable
    where T : class
{
    /// <summary>Writes the records that the listener asked for, each as a JSON object with a line end.</summary>
    /// <param name="item">What passed.</param>
    /// <param name="output">Gets the lines.</param>
    /// <param name="most">How many records at most.</param>
    /// <returns>How many records were written.</returns>
    public abstract int Write(T item, IBufferWriter<byte> output, int most);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what it holds.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
