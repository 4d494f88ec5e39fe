using Sidecars.Adapter.Rules;
using Sidecars.Adapter.State;

namespace Sidecars.Adapter.Sources;

/// <summary>
/// Brings a record and a configuration together, by the rules of a reload: a log goes on where the same path is followed, also under
/// another input name; a metric goes on when its definition is the same and every input that feeds it fed it before and goes on.
/// </summary>
internal sealed class Restoration
{
    private readonly AdapterPlan _plan;
    private readonly SavedState _saved;
    private readonly Dictionary<LogPlan, int> _sources = new(ReferenceEqualityComparer.Instance);

    public Restoration(AdapterPlan plan, SavedState? saved)
    {
        _plan = plan;
        _saved = saved ?? SavedState.Empty;
        var free = Enumerable.Range(0, _saved.Sources.Count).ToList();
        foreach (var sameName in (bool[])[true, false])
        {
            foreach (var log in plan.Logs.Where(log => !_sources.ContainsKey(log)))
            {
                var index = free.FindIndex(source => IsSame(_saved.Sources[source], log) && (!sameName || _saved.Sources[source].Name == log.Name));
                if (index >= 0)
                {
                    _sources.Add(log, free[index]);
                    free.RemoveAt(index);
                }
            }
        }
    }

    /// <summary>The record of a log; null where it is new.</summary>
    public SavedSource? Of(LogPlan log) => _sources.TryGetValue(log, out var index) ? _saved.Sources[index] : null;

    /// <summary>Gives the metrics that go on the counts on record.</summary>
    public void Apply()
    {
        var byIdentity = _saved.Families.ToDictionary(family => family.Identity);
        foreach (var family in _plan.LogSeries.Families)
        {
            if (byIdentity.TryGetValue(family.Definition.Identity, out var saved) && GoesOn(family.Definition.Name, saved))
            {
                family.Restore(saved);
            }
        }
    }

    private static bool IsSame(SavedSource saved, LogPlan log) => saved.Path == log.Path && saved.FromEnd == log.FromEnd;

    private bool GoesOn(string metric, SavedFamily saved) =>
        _plan.Logs.Where(log => log.Rules.Feeds(metric)).All(log => _sources.TryGetValue(log, out var index) && saved.Sources.Contains(index));
}
