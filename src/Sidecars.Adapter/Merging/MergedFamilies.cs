using Sidecars.Adapter.Exposition;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Merging;

/// <summary>The metrics of all pages of one scrape, each once: pages that have the same metric share it.</summary>
/// <param name="names">The names that are taken already.</param>
/// <param name="isTaken">Names that are taken beside these.</param>
/// <param name="most">The most series of all pages together.</param>
internal sealed class MergedFamilies(MetricNames names, Predicate<string> isTaken, int most)
{
    private readonly Dictionary<string, PageFamily> _byName = new(StringComparer.Ordinal);
    private readonly List<PageFamily> _order = [];
    private int _count;

    public void Add(IEnumerable<PageFamily> page, MergeDrops dropped)
    {
        foreach (var family in page)
        {
            if (!_byName.TryGetValue(family.Name, out var known))
            {
                known = new PageFamily(family.Name) { Kind = family.Kind, Help = family.Help };
                _byName.Add(family.Name, known);
                _order.Add(known);
            }

            if (known.Kind != family.Kind || isTaken(family.Name) || !names.IsFree(family.Name, family.Kind))
            {
                dropped.Conflict += family.Samples.Count;
            }
            else
            {
                AddSamples(known, family, dropped);
            }
        }
    }

    /// <summary>Writes whole families. One that is not what its type says is written as what it is: samples without a type, by their names.</summary>
    public void Write(ExpositionBuffer buffer, MetricsFormat format)
    {
        var writer = new FamilyWriter(buffer, format);
        foreach (var family in _order.Where(family => family.Samples.Count > 0).SelectMany(Sound))
        {
            // two families may be apart by name and yet clash by what comes with them
            if (!isTaken(family.Name) && names.TryTake(family.Name, family.Kind))
            {
                writer.Write(family);
            }
        }
    }

    private void AddSamples(PageFamily known, PageFamily family, MergeDrops dropped)
    {
        foreach (var sample in family.Samples)
        {
            if (_count >= most)
            {
                dropped.Limit++;
            }
            else if (known.TryAdd(sample))
            {
                _count++;
            }
            else
            {
                dropped.Duplicate++;
            }
        }
    }

    private static IEnumerable<PageFamily> Sound(PageFamily family)
    {
        if (family.IsSound())
        {
            return [family];
        }

        var parts = new Dictionary<string, PageFamily>(StringComparer.Ordinal);
        foreach (var sample in family.Samples)
        {
            if (!parts.TryGetValue(sample.Name, out var part))
            {
                parts.Add(sample.Name, part = new PageFamily(sample.Name) { Help = family.Help });
            }

            part.TryAdd(sample);
        }

        return parts.Values;
    }
}
