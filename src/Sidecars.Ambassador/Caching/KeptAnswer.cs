using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Sidecars.Ambassador.Caching;

/// <summary>Gives a client an answer that is kept, or says that the client's own still holds.</summary>
internal static class KeptAnswer
{
    /// <summary>What a 304 carries, beside what the cache says itself (RFC 9110, 15.4.5).</summary>
    private static readonly string[] OfNotModified =
        [HeaderNames.CacheControl, HeaderNames.ContentLocation, HeaderNames.Date, HeaderNames.ETag, HeaderNames.Expires, HeaderNames.LastModified, HeaderNames.Vary];

    /// <param name="context">The request.</param>
    /// <param name="entry">The answer.</param>
    /// <param name="age">How old it is.</param>
    /// <param name="status">What the cache did, in the words of RFC 9211.</param>
    public static Task WriteAsync(HttpContext context, CacheEntry entry, TimeSpan age, string status)
    {
        var response = context.Response;
        var holds = entry.Status == StatusCodes.Status200OK && StillHolds(context.Request.Headers, entry);
        response.StatusCode = holds ? StatusCodes.Status304NotModified : entry.Status;
        foreach (var (name, value) in entry.Headers)
        {
            if (!holds || OfNotModified.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                response.Headers[name] = value;
            }
        }

        response.Headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        CacheStatus.Add(response, status);
        if (holds || entry.Status == StatusCodes.Status204NoContent)
        {
            return Task.CompletedTask;
        }

        response.ContentLength = entry.Body.Length;
        return HttpMethods.IsHead(context.Request.Method) || entry.Body.IsEmpty
            ? Task.CompletedTask
            : response.Body.WriteAsync(entry.Body, context.RequestAborted).AsTask();
    }

    /// <summary>If-None-Match where it is given, else If-Modified-Since (RFC 9110, 13.2.2).</summary>
    private static bool StillHolds(IHeaderDictionary request, CacheEntry entry)
    {
        if (request.IfNoneMatch.Count > 0)
        {
            return request.IfNoneMatch == "*"
                || (EntityTagHeaderValue.TryParse(entry[HeaderNames.ETag].ToString(), out var mine)
                    && EntityTagHeaderValue.TryParseList(request.IfNoneMatch, out var theirs)
                    && theirs.Any(tag => tag.Compare(mine, useStrongComparison: false)));
        }

        return HeaderUtilities.TryParseDate(request.IfModifiedSince.ToString(), out var since)
            && HeaderUtilities.TryParseDate(entry[HeaderNames.LastModified].ToString(), out var changed)
            && changed <= since;
    }
}
