using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Sends a path with percent escapes on as it came. The decoded path that routes are matched by has lost the difference
/// between <c>%2F</c> and <c>%252F</c>, and YARP would escape what is left of it once more. A route's prefixes are taken off
/// and put on; where a route set the whole path, that holds.
/// </summary>
/// <param name="removed">The prefix that the route takes off, or null.</param>
/// <param name="added">The prefix that the route puts on, or null.</param>
internal sealed class OriginalPath(string? removed, string? added)
{
    public const string RemovePrefixKey = "path_remove_prefix";
    public const string AddPrefixKey = "path_add_prefix";
    public const string SetKey = "path_set";

    public ValueTask KeepAsync(RequestTransformContext request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        if (path.StartsWith('/') && path.Contains('%', StringComparison.Ordinal) && Change(path) is { } changed)
        {
            var prefix = request.DestinationPrefix.AsSpan().TrimEnd('/');
            request.ProxyRequest.RequestUri = new Uri(string.Concat(prefix, changed, request.Query.QueryString.Value), UriKind.Absolute);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The path with the route's prefixes, or null where only the decoded one is safe to change.</summary>
    private string? Change(string path)
    {
        var prefix = removed?.TrimEnd('/');
        if (!string.IsNullOrEmpty(prefix))
        {
            // dot segments would be resolved after the prefix was taken off, and lead elsewhere than the route says
            if (path.Contains("/.", StringComparison.Ordinal) || path.Contains("%2e", StringComparison.OrdinalIgnoreCase)
                || !path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || (path.Length > prefix.Length && path[prefix.Length] != '/'))
            {
                return null;
            }

            path = path[prefix.Length..];
        }

        return added is null ? path : added.TrimEnd('/') + path;
    }
}
