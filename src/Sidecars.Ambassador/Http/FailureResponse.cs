using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>Answers for the upstream where it did not: a fitting status, the reason in a header, a sentence in the body.</summary>
internal static class FailureResponse
{
    private const string Grpc = "application/grpc";

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

    /// <summary>Answers a request that is not sent to any upstream.</summary>
    /// <param name="context">The request.</param>
    /// <param name="reason">Why not.</param>
    /// <param name="retryAfter">The header's value in seconds, or null.</param>
    public static Task RejectAsync(HttpContext context, FailureReason reason, string? retryAfter = null)
    {
        var exchange = context.Features.GetRequiredFeature<Exchange>();
        exchange.Failure = reason;
        exchange.Service.Metrics.Rejected(reason.Word);
        return WriteAsync(context, reason, retryAfter);
    }

    /// <summary>Writes the answer, unless one has begun already.</summary>
    public static Task WriteAsync(HttpContext context, FailureReason reason, string? retryAfter = null)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.Headers[FailureReason.Header] = reason.Word;
        context.Response.Headers.RetryAfter = retryAfter;
        var exchange = context.Features.Get<Exchange>();
        var text = $"ambassador{(exchange is null ? "" : $": service {exchange.Service.Name}")}: {reason.Message} ({reason.Word})";
        if (IsGrpc(context.Request))
        {
            exchange?.AnsweredWith = reason.Status;
            return WriteGrpcAsync(context.Response, reason, text);
        }

        context.Response.StatusCode = reason.Status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n");
    }

    public static bool IsGrpc(HttpRequest request) => request.ContentType?.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>A gRPC client reads the status from a header of its own, and from HTTP's only that something went wrong.</summary>
    private static Task WriteGrpcAsync(HttpResponse response, FailureReason reason, string text)
    {
        response.ContentType = Grpc;
        response.Headers["grpc-status"] = reason.GrpcStatus;
        response.Headers["grpc-message"] = Uri.EscapeDataString(text);
        return response.CompleteAsync();
    }
}
