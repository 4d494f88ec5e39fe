using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Sidecars.Ambassador.Caching;

/// <summary>What of a request matters to a cache.</summary>
/// <param name="Key">The resource.</param>
/// <param name="Route">The route's id.</param>
/// <param name="Directives">Its Cache-Control; an empty one where there is none.</param>
/// <param name="HasAuthorization">Whether it carries credentials of the application's own.</param>
/// <param name="IsHead">HEAD rather than GET.</param>
internal sealed record CacheRequest(CacheKey Key, string Route, CacheControlHeaderValue Directives, bool HasAuthorization, bool IsHead)
{
    private static readonly CacheControlHeaderValue None = new();

    /// <summary>Takes a request in; null where the cache has nothing to do with it.</summary>
    /// <param name="context">The request, a GET or HEAD.</param>
    /// <param name="route">The route's id.</param>
    /// <param name="byHost">Whether the server sees the host.</param>
    public static CacheRequest? Of(HttpContext context, string route, bool byHost)
    {
        var headers = context.Request.Headers;
        if (CacheKey.Of(context, byHost) is not { } key || IsForTheServerAlone(context, headers) || DirectivesOf(headers) is not { NoStore: false } directives)
        {
            return null;
        }

        return new CacheRequest(key, route, directives, headers.Authorization.Count > 0, HttpMethods.IsHead(context.Request.Method));
    }

    /// <summary>Whether the client has an answer of its own and asks whether it still holds.</summary>
    public static bool IsConditional(IHeaderDictionary headers) => headers.IfNoneMatch.Count > 0 || headers.IfModifiedSince.Count > 0;

    /// <summary>Parts, upgrades, bodies, and conditions that only the server can judge.</summary>
    private static bool IsForTheServerAlone(HttpContext context, IHeaderDictionary headers) =>
        headers.Range.Count > 0
        || headers.IfMatch.Count > 0
        || headers.IfUnmodifiedSince.Count > 0
        || context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
        || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private static CacheControlHeaderValue? DirectivesOf(IHeaderDictionary headers)
    {
        if (headers.CacheControl.Count == 0)
        {
            return headers.Pragma.ToString().Contains("no-cache", StringComparison.OrdinalIgnoreCase) ? new CacheControlHeaderValue { NoCache = true } : None;
        }

        return CacheControlHeaderValue.TryParse(headers.CacheControl.ToString(), out var parsed) ? parsed : null;
    }
}
