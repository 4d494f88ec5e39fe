using Sidecars.Ambassador.Drain;
using Sidecars.Ambassador.Tracing;

namespace Sidecars.Ambassador.Http;

/// <summary>The outermost step of every request on a service's listener: finds its service, counts it, and tells it to the access log.</summary>
internal sealed class HttpTraffic(InFlight inFlight, AccessLog log, RequestSpans spans, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<ServiceListener>()?.Service is not { } service)
        {
            await FailureResponse.WriteAsync(context, FailureReason.NoService);
            return;
        }

        var exchange = new Exchange(service, time.GetTimestamp());
        context.Features.Set(exchange);
        spans.Begin(context, exchange);
        inFlight.Enter();
        service.Metrics.InFlight.Inc();
        try
        {
            await AnswerAsync(context, next);
        }
        finally
        {
            service.Metrics.InFlight.Dec();
            inFlight.Leave();
            Record(context, exchange);
        }
    }

    private static Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        // A CONNECT of HTTP/1.1 asks for a tunnel to an address that the client names. (In HTTP/2 it opens a WebSocket.)
        if (!HttpMethods.IsConnect(context.Request.Method) || HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            return next(context);
        }

        return FailureResponse.RejectAsync(context, FailureReason.Method);
    }

    private void Record(HttpContext context, Exchange exchange)
    {
        var upgraded = context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols;
        var status = exchange.Failure == FailureReason.Canceled && !upgraded ? FailureReason.Canceled.Status
            : exchange.AnsweredWith != 0 ? exchange.AnsweredWith : context.Response.StatusCode;
        var duration = time.GetElapsedTime(exchange.Started);
        exchange.Service.Metrics.Count(context.Request.Method, status);
        if (!upgraded)
        {
            // a WebSocket's life is no latency
            exchange.Service.Metrics.Seconds.Observe(duration.TotalSeconds);
        }

        Tell(exchange, status, upgraded ? null : duration);
        RequestSpans.End(context, exchange, status);
        log.Write(context, exchange, status, duration);
    }

    private void Tell(Exchange exchange, int status, TimeSpan? duration)
    {
        var tally = exchange.Service.Metrics.Tally;
        tally.Note(duration);
        if (exchange.Failure != FailureReason.Canceled && (exchange.Failure is not null || status >= StatusCodes.Status500InternalServerError))
        {
            tally.NoteFailure(exchange.Failure, time.GetUtcNow());
        }
    }
}
