using Microsoft.Extensions.Primitives;

namespace Sidecars.Ambassador.Caching;

/// <summary>One kept answer. Immutable: an answer that was validated takes its place as a new one with the same body.</summary>
internal sealed class CacheEntry
{
    /// <summary>What an entry takes beside its text and body: objects, lists and the table's share.</summary>
    private const int Overhead = 512;

    /// <summary>Which resource.</summary>
    public required CacheKey Key { get; init; }

    /// <summary>The route that it came by: another one may send the same target elsewhere.</summary>
    public required string Route { get; init; }

    public required int Status { get; init; }

    public required KeyValuePair<string, StringValues>[] Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What the request had in the headers that the answer's Vary names.</summary>
    public required KeyValuePair<string, StringValues>[] Vary { get; init; }

    public required Freshness Freshness { get; init; }

    /// <summary>The clock's timestamp when it came in.</summary>
    public required long Received { get; init; }

    public StringValues this[string name] => Array.Find(Headers, h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The memory that it takes, in bytes.</summary>
    public long Size => Overhead + Body.Length + (2 * (Key.Length + Headers.Concat(Vary).Sum(h => (long)h.Key.Length + h.Value.Sum(v => v?.Length ?? 0))));

    /// <summary>The same head with a body.</summary>
    public CacheEntry With(ReadOnlyMemory<byte> body) => new()
    {
        Key = Key,
        Route = Route,
        Status = Status,
        Headers = Headers,
        Body = body,
        Vary = Vary,
        Freshness = Freshness,
        Received = Received,
    };

    /// <summary>Whether it is an answer to this request.</summary>
    public bool Fits(string route, IHeaderDictionary request) =>
        Route.Equals(route, StringComparison.OrdinalIgnoreCase) && Vary.All(v => request[v.Key] == v.Value);

    /// <summary>Whether it takes the place of another.</summary>
    public bool Replaces(CacheEntry other) =>
        Route.Equals(other.Route, StringComparison.OrdinalIgnoreCase) && Vary.AsSpan().SequenceEqual(other.Vary, VaryComparer.Instance);

    private sealed class VaryComparer : IEqualityComparer<KeyValuePair<string, StringValues>>
    {
        public static readonly VaryComparer Instance = new();

        public bool Equals(KeyValuePair<string, StringValues> x, KeyValuePair<string, StringValues> y) =>
            x.Key.Equals(y.Key, StringComparison.OrdinalIgnoreCase) && x.Value == y.Value;

        public int GetHashCode(KeyValuePair<string, StringValues> obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Key);
    }
}
