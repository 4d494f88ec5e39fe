using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sidecars.Common.Status;

namespace Sidecars.Common.Hosting;

/// <summary><c>/</c> for people and <c>/status.json</c> for scripts: the same, at this moment.</summary>
internal static class StatusEndpoint
{
    private const int UsualRefresh = 10;
    private const int LongestRefresh = 3600;

    public static void Map<TOptions>(IEndpointRouteBuilder admin, StatusSource<TOptions> source)
        where TOptions : SidecarOptions, new()
    {
        admin.MapGet("/", context => AnswerPageAsync(context, source.Take(LoopbackOnly.IsInside(context))));
        admin.MapGet("/status.json", context => AnswerJsonAsync(context, source.Take(LoopbackOnly.IsInside(context))));
    }

    private static Task AnswerPageAsync(HttpContext context, StatusDocument status)
    {
        var refresh = Refresh(context.Request.Query["refresh"]);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = StatusStyle.Policy;
        headers["Referrer-Policy"] = "no-referrer";
        if (refresh > 0)
        {
            headers["Refresh"] = refresh.ToString(CultureInfo.InvariantCulture);
        }

        NeverKept(headers);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(StatusHtml.Write(status, refresh), context.RequestAborted);
    }

    private static Task AnswerJsonAsync(HttpContext context, StatusDocument status)
    {
        NeverKept(context.Response.Headers);
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, status, StatusJsonContext.Default.StatusDocument, context.RequestAborted);
    }

    private static void NeverKept(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
    }

    private static int Refresh(string? seconds) =>
        int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= LongestRefresh ? number : UsualRefresh;
}
