using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Sidecars.Common.Tapping;

/// <summary>
/// One who listens at a <see cref="TapPoint{T}"/>, and its queue. The queue holds <see cref="Capacity"/> bytes, or one thing that is
/// larger; whoever fills it never waits.
/// </summary>
/// <typeparam name="T">A copy of what passed.</typeparam>
public sealed class TapListener<T> : IDisposable
    where T : class
{
    /// <summary>The bytes that wait to be read at most.</summary>
    public const long Capacity = 4 << 20;

    private readonly Channel<(T Item, TapSize Size)> _queue = Channel.CreateUnbounded<(T, TapSize)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly string? _topic;
    private readonly Action<TapListener<T>> _end;
    private long _bytes;
    private long _missed;

    internal TapListener(string? topic, Action<TapListener<T>> end) => (_topic, _end) = (topic, end);

    /// <summary>Waits until there is something to read or to tell.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation) => await _queue.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false);

    /// <summary>The next thing that passed; false when there is none yet.</summary>
    public bool TryRead([NotNullWhen(true)] out T? item)
    {
        if (!_queue.Reader.TryRead(out var entry))
        {
            item = null;
            return false;
        }

        Interlocked.Add(ref _bytes, -entry.Size.Bytes);
        item = entry.Item;
        return true;
    }

    /// <summary>How many records passed without room for them since this was last asked.</summary>
    public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

    /// <summary>Ends listening.</summary>
    public void Dispose() => _end(this);

    internal bool Hears(string topic) => _topic is null || _topic == topic;

    internal bool TryReserve(TapSize size)
    {
        var bytes = Interlocked.Add(ref _bytes, size.Bytes);
        if (bytes <= Capacity || bytes == size.Bytes)
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -size.Bytes);
        Interlocked.Add(ref _missed, size.Records);
        return false;
    }

    internal void Add(T item, TapSize size) => _queue.Writer.TryWrite((item, size));
}
