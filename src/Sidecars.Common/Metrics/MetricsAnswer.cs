using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Sidecars.Common.Metrics;

/// <summary>Answers a scrape in the format and coding that it accepts.</summary>
public static class MetricsAnswer
{
    /// <summary>What a scrape asks for, by its header fields.</summary>
    /// <param name="request">The request.</param>
    public static MetricsRequest Read(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return MetricsNegotiation.Read(request);
    }

    /// <summary>Answers.</summary>
    /// <param name="context">The request and its answer, of which nothing was written yet.</param>
    /// <param name="request">What <see cref="Read"/> said.</param>
    /// <param name="write">Writes the whole page in the format asked for; the coding is none of its business.</param>
    /// <returns>Done when all is written.</returns>
    public static async Task WriteAsync(HttpContext context, MetricsRequest request, Func<Stream, CancellationToken, Task> write)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(write);
        context.Response.ContentType = MetricsNegotiation.ContentType(request.Format);
        context.Response.Headers.Vary = "Accept, Accept-Encoding";
        if (!MetricsNegotiation.AcceptsGzip(context.Request.Headers.AcceptEncoding))
        {
            await write(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        var zipped = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await using (zipped.ConfigureAwait(false))
        {
            await write(zipped, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
