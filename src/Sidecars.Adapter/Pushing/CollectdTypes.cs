using System.Text;
using Sidecars.Adapter.Exposition;

namespace Sidecars.Adapter.Pushing;

/// <summary>How a value of collectd counts: DERIVE and COUNTER tell what there is in all, ABSOLUTE what came since the last value.</summary>
internal enum CollectdKind
{
    Gauge,
    Counter,
    Derive,
    Absolute,
}

/// <summary>One value of a type.</summary>
internal sealed record CollectdSource(byte[] Name, CollectdKind Kind);

/// <summary>The types that <c>types.db</c> describes: <c>name source:KIND:min:max[, source:KIND:min:max ...]</c>, a line each.</summary>
internal sealed class CollectdTypes
{
    private readonly Dictionary<byte[], CollectdSource[]> _types = new(SeriesKey.Comparer);

    /// <summary>Reads files; a later one goes before an earlier one. Throws what files throw when one cannot be read.</summary>
    public static CollectdTypes Load(IEnumerable<string> files)
    {
        var types = new CollectdTypes();
        foreach (var line in files.SelectMany(File.ReadLines))
        {
            types.Add(line);
        }

        return types;
    }

    /// <summary>What values a type has; null where that is not known.</summary>
    public CollectdSource[]? Find(ReadOnlySpan<byte> type) =>
        _types.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(type, out var sources) ? sources : null;

    /// <summary>Reads a line; one that describes no type is passed over, as collectd does.</summary>
    public void Add(string line)
    {
        var words = line.Split((char[])[' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || words[0][0] == '#')
        {
            return;
        }

        var sources = words.Skip(1).Select(Source).ToList();
        if (sources.TrueForAll(source => source is not null))
        {
            _types[Encoding.UTF8.GetBytes(words[0])] = [.. sources!];
        }
    }

    /// <summary>The kind of a name, in capital letters or small ones; null for none that is known.</summary>
    public static CollectdKind? KindOf(string? name) => name?.ToUpperInvariant() switch
    {
        "GAUGE" => CollectdKind.Gauge,
        "COUNTER" => CollectdKind.Counter,
        "DERIVE" => CollectdKind.Derive,
        "ABSOLUTE" => CollectdKind.Absolute,
        _ => null,
    };

    private static CollectdSource? Source(string word) => word.Split(':') is [{ Length: > 0 } name, var kind, _, _] && KindOf(kind) is { } known
        ? new CollectdSource(Encoding.UTF8.GetBytes(name), known)
        : null;
}
