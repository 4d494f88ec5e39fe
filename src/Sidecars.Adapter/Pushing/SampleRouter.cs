using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>How a sample's own tags are written.</summary>
internal readonly record struct TagSyntax(char Between, char Value);

/// <summary>
/// From a sample's name, type and tags, as they were sent, to its series. What was sent once is remembered by its bytes, so a further
/// sample costs a look-up and no allocation; how much is remembered is bounded. Used under the store's gate.
/// </summary>
internal sealed class SampleRouter(PushStore store, NameMapper mapper, TagSyntax tags, int most)
{
    private const int LongestKey = 4096;

    private readonly Dictionary<byte[], PushedSeries> _known = new(SeriesKey.Comparer);
    private readonly byte[] _key = new byte[LongestKey];
    private int _version;

    public PushStore Store { get; } = store;

    public PushedSeries Route(byte type, SampleType sampleType, ReadOnlySpan<byte> name, ReadOnlySpan<byte> ownTags)
    {
        if (name.Length + ownTags.Length + 2 > LongestKey)
        {
            return PushStore.Nowhere(DropReason.Malformed);
        }

        _key[0] = type;
        name.CopyTo(_key.AsSpan(1));
        _key[1 + name.Length] = SeriesKey.Separator;
        ownTags.CopyTo(_key.AsSpan(2 + name.Length));
        var key = _key.AsSpan(0, 2 + name.Length + ownTags.Length);
        if (_version != Store.Version || _known.Count >= most)
        {
            _known.Clear();
            _version = Store.Version;
        }

        var lookup = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(key, out var series))
        {
            series = Resolve(sampleType, name, ownTags);
            _known.Add(key.ToArray(), series);
        }

        return series;
    }

    private PushedSeries Resolve(SampleType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> ownTags)
    {
        if (mapper.Map(Encoding.UTF8.GetString(name), type) is not { } mapped)
        {
            return PushStore.Nowhere(DropReason.Mapping);
        }

        var kind = type switch
        {
            SampleType.Counter => MetricKind.Counter,
            SampleType.Gauge => MetricKind.Gauge,
            _ => mapped.Mapping.IsHistogram ? MetricKind.Histogram : MetricKind.Summary,
        };
        return Store.Route(mapped, kind, Split(Encoding.UTF8.GetString(ownTags)));
    }

    private List<(string Name, string Value)> Split(string text)
    {
        var found = new List<(string Name, string Value)>();
        foreach (var tag in text.Split(tags.Between, StringSplitOptions.RemoveEmptyEntries))
        {
            var at = tag.IndexOf(tags.Value, StringComparison.Ordinal);
            if (at > 0)
            {
                found.Add((tag[..at], tag[(at + 1)..]));
            }
        }

        return found;
    }
}
