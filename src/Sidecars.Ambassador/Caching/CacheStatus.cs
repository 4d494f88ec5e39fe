using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Sidecars.Ambassador.Caching;

/// <summary>The header that says what a cache did (RFC 9211).</summary>
internal static class CacheStatus
{
    public const string Header = "Cache-Status";
    private const string Name = "ambassador";

    /// <summary>Given from the cache; a negative time says how long it has been stale.</summary>
    public static string Hit(TimeSpan left) => string.Create(CultureInfo.InvariantCulture, $"{Name}; hit; ttl={(long)Math.Floor(left.TotalSeconds)}");

    /// <summary>Given from the cache after another request had filled it.</summary>
    public static string Collapsed(TimeSpan left) => string.Create(CultureInfo.InvariantCulture, $"{Name}; fwd=miss; collapsed; ttl={(long)Math.Floor(left.TotalSeconds)}");

    /// <summary>Given from the cache after the server was asked.</summary>
    public static string Asked(string why, int status, TimeSpan left, string? detail = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}; fwd={why}{(status == 0 ? "" : $"; fwd-status={status}")}; ttl={(long)Math.Floor(left.TotalSeconds)}{(detail is null ? "" : $"; detail={detail}")}");

    /// <summary>Given by the server.</summary>
    public static string Forwarded(string why, bool stored) => $"{Name}; fwd={why}{(stored ? "; stored" : "")}";

    /// <summary>Adds to what caches nearer to the server said.</summary>
    public static void Add(HttpResponse response, string status) => response.Headers[Header] = StringValues.Concat(response.Headers[Header], status);
}
