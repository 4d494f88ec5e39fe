using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Common.Metrics;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Pushing;

/// <summary>
/// The series of all samples that are pushed. Receivers change it and scrapes read it under <see cref="Gate"/>. What clients send
/// cannot make it grow beyond the limits: further series of a metric are counted in one series of it, labelled overflow; further
/// metrics are dropped.
/// </summary>
internal sealed class PushStore(LimitsOptions limits, TimeProvider time)
{
    private const int MostLabels = 32;

    private readonly Dictionary<string, PushedFamily> _families = new(StringComparer.Ordinal);
    private readonly MetricNames _names = new();
    private readonly byte[] _scratch = new byte[limits.LabelBytes];
    private readonly long _started = time.GetTimestamp();
    private int _count;

    public Lock Gate { get; } = new();

    /// <summary>Names that rules make; what clients send cannot have them.</summary>
    public MetricNames Own { get; set; } = MetricNames.None;

    /// <summary>Grows when series go, so that whoever remembers some forgets them.</summary>
    public int Version { get; private set; }

    /// <summary>Ticks since the store was made.</summary>
    public long Now => time.GetElapsedTime(_started).Ticks;

    /// <summary>The series for a mapped name with a sample's own tags.</summary>
    public PushedSeries Route(MappedName mapped, MetricKind kind, List<(string Name, string Value)> tags)
    {
        if (!_families.TryGetValue(mapped.Name, out var family))
        {
            family = new PushedFamily(Define(mapped, kind), mapped.Mapping);
            if (MetricLint.IsReserved(mapped.Name) || !Own.IsFree(mapped.Name, kind) || !_names.IsFree(mapped.Name, kind))
            {
                return Nowhere(DropReason.Conflict);
            }

            if (_count >= limits.Series)
            {
                return Nowhere(DropReason.Limit);
            }

            _names.TryTake(mapped.Name, kind);
            _families.Add(mapped.Name, family);
        }

        return family.Definition.Kind == kind ? Series(family, mapped, Labels(mapped, tags)) : Nowhere(DropReason.Conflict);
    }

    /// <summary>Whether a metric of this name, or one that comes with it, is there.</summary>
    public bool Has(string name)
    {
        lock (Gate)
        {
            return !_names.IsFree(name, MetricKind.Untyped);
        }
    }

    public static PushedSeries Nowhere(DropReason reason) => new(null, new Series([], 0, 0), null, reason);

    public void Write(ExpositionBuffer buffer, MetricsFormat format, bool withCreated)
    {
        lock (Gate)
        {
            var now = Now;
            Expire(now);
            foreach (var family in _families.Values.Where(family => Own.IsFree(family.Definition.Name, family.Definition.Kind)))
            {
                family.Write(buffer, format, withCreated, now);
            }
        }
    }

    private void Expire(long now)
    {
        var gone = 0;
        foreach (var family in _families.Values.ToList())
        {
            gone += family.Expire(now);
            if (family.Count == 0)
            {
                _families.Remove(family.Definition.Name);
                _names.Release(family.Definition.Name, family.Definition.Kind);
            }
        }

        _count -= gone;
        Version += gone > 0 ? 1 : 0;
    }

    private static MetricDefinition Define(MappedName mapped, MetricKind kind) => new(
        mapped.Name, kind, mapped.Mapping.Help ?? "Pushed by the application.", [], kind == MetricKind.Histogram ? mapped.Mapping.Bounds : [], MetricLint.UnitOf(mapped.Name));

    private PushedSeries Series(PushedFamily family, MappedName mapped, List<(string Name, byte[] Value)> labels)
    {
        var key = PushedFamily.Key(labels);
        if (family.Find(key) is { } known)
        {
            return known;
        }

        if (labels.Count > 0 && (family.Count >= limits.PerMetric || _count >= limits.Series))
        {
            labels = [("overflow", Encoding.UTF8.GetBytes(limits.Overflow))];
            key = PushedFamily.Key(labels);
            if (family.Find(key) is { } overflow)
            {
                return overflow;
            }
        }

        _count++;
        return family.Add(key, labels, mapped.Mapping, time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
    }

    /// <summary>The labels of mapping and tags, by name; the mapping's go first unless it says otherwise.</summary>
    private List<(string Name, byte[] Value)> Labels(MappedName mapped, List<(string Name, string Value)> tags)
    {
        var labels = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var all = mapped.Mapping.HonorsLabels ? tags.Concat(mapped.Labels) : mapped.Labels.Concat(tags);
        foreach (var (tag, value) in all.Take(MostLabels))
        {
            var name = MetricText.Name(tag);
            name = name is "le" or "quantile" || name.StartsWith("__", StringComparison.Ordinal) ? "tag_" + name : name;
            labels.TryAdd(name, Clean(value));
        }

        return [.. labels.Where(label => label.Value.Length > 0).Select(label => (label.Key, label.Value))];
    }

    private byte[] Clean(string value)
    {
        var length = LabelText.Clean(LogEscape.None, Encoding.UTF8.GetBytes(value), _scratch, _scratch.Length);
        return _scratch[..length];
    }
}
