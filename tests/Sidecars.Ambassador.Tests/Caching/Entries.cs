using Sidecars.Ambassador.Caching;

namespace Sidecars.Ambassador.Tests.Caching;

/// <summary>Answers as a cache keeps them.</summary>
internal static class Entries
{
    public static CacheEntry Of(string target, int size = 0, string? language = null, Freshness freshness = default, long received = 0, string route = "api") => new()
    {
        Key = new CacheKey("", target),
        Route = route,
        Status = 200,
        Headers = [],
        Body = new byte[size],
        Vary = language is null ? [] : [new("Accept-Language", language)],
        Freshness = freshness,
        Received = received,
    };
}
