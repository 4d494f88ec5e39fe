using System.IO.Compression;
using Sidecars.Common.Hosting;

namespace Sidecars.Adapter.Pushing;

/// <summary>
/// What is pushed over HTTP, on the admin port: at /push/NAME for an input of that name, and at InfluxDB's own addresses of version 1
/// and 2, below that or for the input influxdb. A body is bounded, zipped or not; what of it is no sample is counted, and no error.
/// </summary>
internal static class PushEndpoint
{
    private const int LongestBody = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder admin)
    {
        foreach (var path in (string[])["/write", "/api/v2/write", "/push/{input}", "/push/{input}/write", "/push/{input}/api/v2/write"])
        {
            admin.MapPost(path, LoopbackOnly.Guard(AnswerAsync));
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.RequestServices.GetRequiredService<ReceiverSet>().OverHttp(context.GetRouteValue("input") as string ?? "influxdb") is not { } reader)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            context.Response.StatusCode = await ReadAsync(context, reader);
        }
        catch (InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private static async Task<int> ReadAsync(HttpContext context, SampleReader reader)
    {
        var isZipped = context.Request.Headers.ContentEncoding.ToString().Equals("gzip", StringComparison.OrdinalIgnoreCase);
        await using var body = isZipped ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            text.Write(buffer, 0, read);
            if (text.Length > LongestBody)
            {
                reader.DropLine();
                return StatusCodes.Status413PayloadTooLarge;
            }
        }

        return reader.ReadBody(text.GetBuffer().AsSpan(0, (int)text.Length)) ? StatusCodes.Status204NoContent : StatusCodes.Status400BadRequest;
    }
}
