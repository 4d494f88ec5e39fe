using Microsoft.AspNetCore.Http.Features;

namespace Sidecars.Ambassador.Caching;

/// <summary>The resource that an answer is of.</summary>
/// <param name="Host">The host in lower case where the server sees it, else empty.</param>
/// <param name="Target">Path and query, with the escapes that the request has.</param>
internal readonly record struct CacheKey(string Host, string Target)
{
    public int Length => Host.Length + Target.Length;

    /// <summary>The path alone.</summary>
    public ReadOnlySpan<char> Path => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? Target.AsSpan(0, query) : Target;

    /// <summary>The key of a request; null where its target is no path: such a one is sent on by other rules.</summary>
    /// <param name="context">The request.</param>
    /// <param name="byHost">Whether the server sees the host.</param>
    public static CacheKey? Of(HttpContext context, bool byHost)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.StartsWith('/') ? new CacheKey(byHost ? context.Request.Host.Value?.ToLowerInvariant() ?? "" : "", target) : null;
    }
}
