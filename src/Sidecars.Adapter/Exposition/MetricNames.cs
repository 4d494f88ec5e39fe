using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Exposition;

/// <summary>
/// The names that a page has already, with those that come with them: a histogram makes <c>_bucket</c>, and OpenMetrics calls a
/// counter by its name without <c>_total</c>. A name that is only known when samples come is taken here first, so that no two can
/// tear each other apart.
/// </summary>
internal sealed class MetricNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Names nothing of its own; whoever made it does.</summary>
    public static MetricNames None { get; } = new();

    /// <summary>The names of what rules make.</summary>
    public static MetricNames Of(IEnumerable<SeriesStore> stores)
    {
        var names = new MetricNames();
        foreach (var family in stores.SelectMany(store => store.Families))
        {
            names.TryTake(family.Definition.Name, family.Definition.Kind);
        }

        return names;
    }

    /// <summary>The same names, to take more.</summary>
    public MetricNames Copy()
    {
        var copy = new MetricNames();
        copy._taken.UnionWith(_taken);
        return copy;
    }

    /// <summary>Whether a metric can have this name.</summary>
    public bool IsFree(string name, MetricKind kind) => All(name, kind).All(one => !_taken.Contains(one));

    /// <summary>Takes the name, where it is free.</summary>
    public bool TryTake(string name, MetricKind kind)
    {
        if (!IsFree(name, kind))
        {
            return false;
        }

        _taken.UnionWith(All(name, kind));
        return true;
    }

    /// <summary>Gives the name back.</summary>
    public void Release(string name, MetricKind kind) => _taken.ExceptWith(All(name, kind));

    private static string[] All(string name, MetricKind kind) => kind switch
    {
        MetricKind.Counter when MetricLint.WithoutTotal(name) is var family && family != name => [name, family, family + "_created"],
        MetricKind.Info => [name, MetricLint.WithoutInfo(name)],
        MetricKind.Histogram or MetricKind.Summary => [name, name + "_bucket", name + "_sum", name + "_count", name + "_created"],
        _ => [name],
    };
}
