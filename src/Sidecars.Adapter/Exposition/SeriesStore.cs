using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Exposition;

/// <summary>
/// The series that the rules made, grouped by metric in the order of the configuration. Sources change it and scrapes
/// read it under <see cref="Gate"/>, which a log source takes once for many lines.
/// </summary>
/// <param name="budget">How many series there may be.</param>
/// <param name="time">Says when a series was made; null where it was made elsewhere.</param>
internal sealed class SeriesStore(SeriesBudget budget, TimeProvider? time = null)
{
    private readonly Dictionary<string, SeriesFamily> _byName = new(StringComparer.Ordinal);
    private readonly List<SeriesFamily> _families = [];

    public Lock Gate { get; } = new();

    public SeriesBudget Budget { get; } = budget;

    public IReadOnlyList<SeriesFamily> Families => _families;

    /// <summary>The family of a metric; rules of several inputs may feed one.</summary>
    public SeriesFamily Family(MetricDefinition definition)
    {
        if (!_byName.TryGetValue(definition.Name, out var family))
        {
            family = new SeriesFamily(definition, Budget, time);
            _byName.Add(definition.Name, family);
            _families.Add(family);
        }

        return family;
    }

    /// <summary>
    /// Goes on with the counts of an earlier store where the definition of a metric is the same and <paramref name="goesOn"/> says
    /// of its name that whatever counts in it counted in it before, and goes on from there.
    /// </summary>
    public void TakeOver(SeriesStore earlier, Predicate<string> goesOn)
    {
        foreach (var family in _families)
        {
            if (earlier._byName.TryGetValue(family.Definition.Name, out var before)
                && before.Definition.Identity == family.Definition.Identity
                && goesOn(family.Definition.Name))
            {
                family.TakeOver(before);
            }
        }
    }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Budget.Clear();
        foreach (var family in _families)
        {
            family.Clear();
        }
    }

    public void Write(ExpositionBuffer buffer, MetricsFormat format = MetricsFormat.Text, bool withCreated = true)
    {
        lock (Gate)
        {
            foreach (var family in _families)
            {
                family.Expire();
                if (family.Count > 0)
                {
                    family.Write(buffer, format, withCreated);
                }
            }
        }
    }
}
