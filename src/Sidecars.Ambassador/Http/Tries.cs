using Microsoft.AspNetCore.Http.Features;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Tracing;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Sends a request to a server, and where that fails to another one. A server that could not even be connected to costs no
/// retry: nothing of the request has gone out then, its body is still unread, so this is safe whatever the request does.
/// Anything later is repeated only where <see cref="Repetition"/> allows it.
/// </summary>
internal sealed partial class Tries(Repetition repetition, UpstreamJudge judge, RequestSpans spans, TimeProvider time, ILogger<Tries> logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var exchange = context.Features.GetRequiredFeature<Exchange>();
        var route = exchange.Route;
        route.Pool.Follow(proxy.AllDestinations);
        route.Budget.Request();
        Repetition.Prepare(context, exchange);
        try
        {
            await SendAsync(context, exchange, proxy, next);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            exchange.Failure = FailureReason.Canceled;
        }
        finally
        {
            exchange.Body?.Dispose();
        }
    }

    private async Task SendAsync(HttpContext context, Exchange exchange, IReverseProxyFeature proxy, RequestDelegate next)
    {
        var route = exchange.Route;
        var key = route.Hash is null ? 0 : HashKey.Of(context, route.Hash);
        while (true)
        {
            if ((route.Pool.Pick(route.Balancing, key, route.SlowStart, exchange.Tried) ?? route.Pool.Pick(route.Balancing, key, route.SlowStart, null)) is not { } upstream)
            {
                await FailureResponse.RejectAsync(context, FailureReason.NoUpstream);
                return;
            }

            await TryAsync(context, exchange, proxy, upstream, next);
            if (!await MayTryAgainAsync(context, exchange, upstream))
            {
                return;
            }

            exchange.Service.Metrics.Retries.Inc();
            Trying(logger, exchange.Service.Name, upstream.Id, exchange.Failure?.Word);
            Forget(context, exchange, proxy);
        }
    }

    private async Task TryAsync(HttpContext context, Exchange exchange, IReverseProxyFeature proxy, Upstream upstream, RequestDelegate next)
    {
        exchange.Tries++;
        exchange.Upstream = upstream;
        exchange.UpstreamLatency = null;
        exchange.TryStarted = time.GetTimestamp();
        proxy.AvailableDestinations = upstream.Destination!;
        upstream.Begin();
        exchange.TrySpan = spans.StartTry(context, exchange, upstream);
        try
        {
            await next(context);
        }
        finally
        {
            // not the one it was sent to first, where another one's answer was taken
            exchange.Upstream.End();
        }

        if (context.Features.Get<IForwarderErrorFeature>() is { } error)
        {
            exchange.Failure ??= FailureReason.Of(error);
        }

        RequestSpans.EndTry(exchange);
        judge.Judge(exchange, exchange.Upstream, exchange.Failure, context.Response.StatusCode, exchange.UpstreamLatency is null ? exchange.TryStarted : null);
    }

    private async ValueTask<bool> MayTryAgainAsync(HttpContext context, Exchange exchange, Upstream upstream)
    {
        var tried = exchange.Tried ??= [];
        tried.Add(upstream);
        if (exchange.IsAnswerWithheld)
        {
            await repetition.PauseAsync(context, exchange);
            return true;
        }

        if (exchange.Failure is not { } failure || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        if (failure.NothingWasSent && tried.Count < exchange.Route.Pool.Upstreams.Length)
        {
            return !repetition.IsTooLate(exchange);
        }

        // all are down: only a refusal is known at once, anything else would keep the application waiting for each once more
        var mayRepeat = failure.NothingWasSent ? failure.IsRefusal : failure.IsTheUpstreams && exchange.MayRepeat == true;
        if (!mayRepeat || !repetition.TryTake(context, exchange))
        {
            return false;
        }

        await repetition.PauseAsync(context, exchange);
        return true;
    }

    private static void Forget(HttpContext context, Exchange exchange, IReverseProxyFeature proxy)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        proxy.ProxiedDestination = null;
        exchange.Failure = null;
        exchange.IsAnswerWithheld = false;
        exchange.Body?.Rewind();
    }

    [LoggerMessage(2103, LogLevel.Debug, "Service {Service}: a request is sent again; upstream {Upstream} gave no answer to pass on: {Reason}")]
    private static partial void Trying(ILogger logger, string service, string upstream, string? reason);
}
