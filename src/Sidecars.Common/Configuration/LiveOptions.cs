using System.Collections.Immutable;

namespace Sidecars.Common.Configuration;

/// <summary>The options in force; they change when a changed file was read and found right.</summary>
/// <typeparam name="TOptions">The sidecar's options.</typeparam>
/// <param name="initial">The options at start.</param>
public sealed class LiveOptions<TOptions>(TOptions initial)
    where TOptions : class
{
    private volatile TOptions _current = initial;
    private ImmutableArray<Action<TOptions>> _listeners = [];

    /// <summary>An immutable snapshot: take it once where several values must belong together.</summary>
    public TOptions Current => _current;

    /// <summary>Calls <paramref name="listener"/> after every change, one at a time, in the order of registration.</summary>
    /// <param name="listener">Gets the new options. What it throws makes the reload a failed one, which is tried again at the next look.</param>
    /// <returns>Ends the calls when disposed.</returns>
    public IDisposable OnChange(Action<TOptions> listener)
    {
        ImmutableInterlocked.Update(ref _listeners, l => l.Add(listener));
        return new Subscription(() => ImmutableInterlocked.Update(ref _listeners, l => l.Remove(listener)));
    }

    internal void Apply(TOptions options)
    {
        var before = _current;
        _current = options;
        try
        {
            foreach (var listener in _listeners)
            {
                listener(options);
            }
        }
        catch
        {
            _current = before;
            throw;
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
