using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Sends a path with percent escapes on as it came. The decoded path that routes are matched by has lost the difference
/// between <c>%2F</c> and <c>%252F</c>, and YARP would escape what is left of it once more. Where a route changed the path,
/// its change holds.
/// </summary>
internal static class OriginalPath
{
    public static ValueTask KeepAsync(RequestTransformContext request)
    {
        var context = request.HttpContext;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        if (path.StartsWith('/') && path.Contains('%', StringComparison.Ordinal) && request.Path.Equals(context.Request.Path))
        {
            var prefix = request.DestinationPrefix.AsSpan().TrimEnd('/');
            request.ProxyRequest.RequestUri = new Uri(string.Concat(prefix, path, request.Query.QueryString.Value), UriKind.Absolute);
        }

        return ValueTask.CompletedTask;
    }
}
