namespace Sidecars.Ambassador.Http;

/// <summary>
/// What has learnt or counted something and outlives a reload: breakers, limits, budgets. Each is known by its type and its
/// place in the configuration, and is made anew where its own options have changed. For one thread at a time.
/// </summary>
internal sealed class Lasting
{
    private readonly Dictionary<(Type Type, string Place), (string Options, object Value)> _known = [];
    private readonly HashSet<(Type, string)> _wanted = [];

    /// <summary>The one that there was, where it was made of the same.</summary>
    /// <param name="place">The service, or the service and the route.</param>
    /// <param name="options">All that it is made of, as text.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="replaced">Gets the one that there was, where another is about to be made in its place.</param>
    public T Of<T>(string place, string options, Func<T> make, Action<T>? replaced = null)
        where T : class
    {
        var key = (typeof(T), place);
        _wanted.Add(key);
        if (_known.TryGetValue(key, out var known))
        {
            if (known.Options == options)
            {
                return (T)known.Value;
            }

            replaced?.Invoke((T)known.Value);
        }

        var made = make();
        _known[key] = (options, made);
        return made;
    }

    /// <summary>Forgets what nobody has asked for since the last time.</summary>
    /// <returns>What was forgotten.</returns>
    public IReadOnlyList<object> ForgetOthers()
    {
        var others = _known.Where(k => !_wanted.Contains(k.Key)).ToList();
        others.ForEach(other => _known.Remove(other.Key));
        _wanted.Clear();
        return [.. others.Select(other => other.Value.Value)];
    }
}
