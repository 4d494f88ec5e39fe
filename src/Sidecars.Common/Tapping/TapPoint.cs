namespace Sidecars.Common.Tapping;

/// <summary>
/// A place that things pass and where listeners may look on. Whoever passes is never held up: a listener's queue is bounded, and what
/// does not fit is counted. While nobody listens, passing costs one read of a field.
/// </summary>
/// <typeparam name="T">A copy of what passed, for listeners to keep.</typeparam>
public sealed class TapPoint<T>
    where T : class
{
    /// <summary>So many may listen at once.</summary>
    public const int MostListeners = 8;

    private readonly Lock _changing = new();
    private TapListener<T>[] _listeners = [];

    /// <summary>Whether anybody listens; ask before anything is made for <see cref="Offer"/>.</summary>
    public bool IsOpen => Volatile.Read(ref _listeners).Length > 0;

    /// <summary>Shows what passes to those who listen and have room for it.</summary>
    /// <param name="topic">What listeners may choose by, such as the name of an output.</param>
    /// <param name="size">What it takes up in a queue.</param>
    /// <param name="passing">What passes.</param>
    /// <param name="copy">Makes the copy, once, and only when somebody takes it.</param>
    public void Offer<TPassing>(string topic, TapSize size, TPassing passing, Func<TPassing, T> copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        T? item = null;
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            if (listener.Hears(topic) && listener.TryReserve(size))
            {
                item ??= copy(passing);
                listener.Add(item, size);
            }
        }
    }

    /// <summary>Begins to listen; null when too many do already. The listener is to be disposed of.</summary>
    /// <param name="topic">Hear only of this; null: of everything.</param>
    public TapListener<T>? Listen(string? topic)
    {
        lock (_changing)
        {
            if (_listeners.Length == MostListeners)
            {
                return null;
            }

            var listener = new TapListener<T>(topic, End);
            Volatile.Write(ref _listeners, [.. _listeners, listener]);
            return listener;
        }
    }

    private void End(TapListener<T> listener)
    {
        lock (_changing)
        {
            Volatile.Write(ref _listeners, [.. _listeners.Where(other => other != listener)]);
        }
    }
}
