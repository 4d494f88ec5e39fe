using Sidecars.Adapter.Exposition;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Probing;

/// <summary><c>/probe</c> on the admin port, by the convention of blackbox_exporter and json_exporter.</summary>
internal static class ProbeEndpoint
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/probe", AnswerAsync);

    private static async Task AnswerAsync(HttpContext context)
    {
        var probes = context.RequestServices.GetRequiredService<ProbeSet>();
        var request = MetricsAnswer.Read(context.Request);
        var (probe, status, answer) = probes.Find(context.Request.Query["target"], context.Request.Query["module"]);
        if (probe is null)
        {
            await RefuseAsync(context, status, answer);
            return;
        }

        using var page = new ExpositionBuffer();
        if (!await probes.RunAsync(probe, page, request, context.RequestAborted))
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too many targets are probed at a time; probe.concurrency of the configuration says how many may be");
            return;
        }

        if (request.Format == MetricsFormat.OpenMetrics)
        {
            page.Write("# EOF\n"u8);
        }

        await MetricsAnswer.WriteAsync(context, request, (output, cancellation) => output.WriteAsync(page.WrittenMemory, cancellation).AsTask());
    }

    private static Task RefuseAsync(HttpContext context, int status, string answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(answer + "\n", context.RequestAborted);
    }
}
