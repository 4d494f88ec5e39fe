using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecars.Common.Health;
using Sidecars.Common.Metrics;

namespace Sidecars.Common.Hosting;

/// <summary>What every sidecar serves on its admin port. Calls that change something answer on loopback only.</summary>
internal static class AdminEndpoints
{
    public const string Liveness = "/healthz";
    public const string Readiness = "/readyz";
    public const string Startup = "/startupz";

    public static void MapHealth(IEndpointRouteBuilder admin, HealthRegistry health)
    {
        admin.MapGet(Liveness, c => AnswerAsync(c, health.LivenessFailures()));
        admin.MapGet(Readiness, c => AnswerAsync(c, health.ReadinessFailures()));
        admin.MapGet(Startup, c => AnswerAsync(c, health.StartupFailures()));
    }

    public static void MapMetrics(IEndpointRouteBuilder admin, MetricsPage page) => admin.MapGet("/metrics", page.AnswerAsync);

    public static void MapControl(IEndpointRouteBuilder admin, DrainLifetime lifetime, Func<IReadOnlyList<object>> reload)
    {
        admin.MapPost("/quitquitquit", LoopbackOnly.Guard(context =>
        {
            lifetime.BeginDrain("POST /quitquitquit", ExitCodes.Success);
            return context.Response.WriteAsync("draining\n", context.RequestAborted);
        }));
        admin.MapPost("/reload", LoopbackOnly.Guard(context =>
        {
            var problems = reload();
            context.Response.StatusCode = problems.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
            return context.Response.WriteAsync(problems.Count == 0 ? "ok\n" : string.Join('\n', problems) + "\n", context.RequestAborted);
        }));
    }

    private static Task AnswerAsync(HttpContext context, IReadOnlyList<string> failures)
    {
        context.Response.StatusCode = failures.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(failures.Count == 0 ? "ok\n" : string.Join('\n', failures) + "\n", context.RequestAborted);
    }
}
