using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Sends a request to another upstream where the one chosen could not even be connected to. Nothing of the request has gone
/// out then, its body is still unread: this is safe whatever the request does. Each upstream is tried at most once, those
/// that failed lately last.
/// </summary>
internal sealed class ConnectRetry(TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var proxy = context.GetReverseProxyFeature();
        var exchange = context.Features.GetRequiredFeature<Exchange>();
        var candidates = proxy.AvailableDestinations;
        List<DestinationState>? tried = null;
        while (true)
        {
            exchange.Tries++;
            await next(context);
            if (context.Features.Get<IForwarderErrorFeature>() is not { } error)
            {
                return;
            }

            var reason = exchange.Failure ?? FailureReason.Of(error);
            exchange.Service.Metrics.Failed(proxy.ProxiedDestination?.DestinationId, reason.Word);
            if (proxy.ProxiedDestination is not { } failed || !MayTryAgain(context, exchange, reason))
            {
                return;
            }

            (tried ??= []).Add(failed);
            candidates = Remaining(candidates, tried) is { Count: > 0 } healthy ? healthy : Remaining(proxy.AllDestinations, tried);
            if (candidates.Count == 0)
            {
                return;
            }

            exchange.Service.Metrics.Retries.Inc();
            Forget(context, proxy, candidates);
        }
    }

    private bool MayTryAgain(HttpContext context, Exchange exchange, FailureReason reason)
    {
        var timeout = exchange.Service.Options.Timeout;
        return reason.NothingWasSent
            && !context.Response.HasStarted
            && !context.RequestAborted.IsCancellationRequested
            && (timeout == TimeSpan.Zero || time.GetElapsedTime(exchange.Started) < timeout);
    }

    private static List<DestinationState> Remaining(IReadOnlyList<DestinationState> of, List<DestinationState> tried) =>
        [.. of.Where(d => !tried.Contains(d))];

    private static void Forget(HttpContext context, IReverseProxyFeature proxy, IReadOnlyList<DestinationState> candidates)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        proxy.ProxiedDestination = null;
        proxy.AvailableDestinations = candidates;
    }
}
