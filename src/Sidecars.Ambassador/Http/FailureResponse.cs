using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>Answers for the upstream where it did not: a fitting status, the reason in a header, a sentence in the body.</summary>
internal static class FailureResponse
{
    /// <summary>The step of the pipeline.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Features.Get<IForwarderErrorFeature>() is not { } error)
        {
            return;
        }

        var exchange = context.Features.GetRequiredFeature<Exchange>();
        exchange.Failure ??= FailureReason.Of(error);
        if (!context.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(context, exchange.Failure);
        }
    }

    /// <summary>Writes the answer, unless one has begun already.</summary>
    public static Task WriteAsync(HttpContext context, FailureReason reason)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.StatusCode = reason.Status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers[FailureReason.Header] = reason.Word;
        var service = context.Features.Get<Exchange>()?.Service.Name;
        return context.Response.WriteAsync($"ambassador{(service is null ? "" : $": service {service}")}: {reason.Message} ({reason.Word})\n");
    }
}
