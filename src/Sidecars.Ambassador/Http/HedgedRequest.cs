using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Resilience;
using Sidecars.Ambassador.Tls;
using Sidecars.Ambassador.Tracing;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// One try of a request that becomes several when the answer is late. It stands in the place of the client that the forwarder
/// sends with, so that the forwarder sees one answer: the first good one. A failure or an answer of 5xx is taken only where
/// nothing better is under way. What is sent beyond the first counts against the retry budget.
/// </summary>
internal sealed class HedgedRequest(
    Hedges hedges, Hedging hedging, HttpContext context, Exchange exchange, HttpMessageInvoker client, HttpTransformer transformer) : HttpMessageHandler
{
    private readonly List<HedgeLeg> _running = [];
    private readonly List<HedgeLeg> _ended = [];

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var first = new HedgeLeg(client, request, exchange.Upstream!, exchange.TryStarted, exchange.TrySpan, cancellationToken);
        _running.Add(first);
        var taken = first;
        try
        {
            taken = await RaceAsync(request, cancellationToken);
        }
        catch
        {
            _ = first.AbandonAsync();
            throw;
        }
        finally
        {
            Conclude(taken, first);
        }

        try
        {
            return await taken.Answer;
        }
        finally
        {
            taken.Dispose();
        }
    }

    private async Task<HedgeLeg> RaceAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var more = hedging.Max;
        while (true)
        {
            if (more > 0 && !await EndsInTimeAsync(cancellation))
            {
                more = await TrySendAsync(request, cancellation) ? more - 1 : 0;
                continue;
            }

            var ended = await Task.WhenAny(_running.Select(leg => leg.Answer));
            var leg = _running.Find(l => l.Answer == ended)!;
            if (leg.IsGood || _running.Count == 1)
            {
                return leg.IsGood || leg.Answer.IsCompletedSuccessfully ? leg : _ended.Find(l => l.Answer.IsCompletedSuccessfully) ?? leg;
            }

            _running.Remove(leg);
            _ended.Add(leg);
        }
    }

    /// <summary>Waits until one of them has ended, or the time for one more has come.</summary>
    private async Task<bool> EndsInTimeAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pause = Task.Delay(hedging.After, hedges.Time, stop.Token);
        var ended = await Task.WhenAny(_running.Select(leg => (Task)leg.Answer).Append(pause));
        await stop.CancelAsync();
        return ended != pause || cancellation.IsCancellationRequested;
    }

    /// <summary>Sends it to one more server, where there is one that it has not been sent to, and the budget has it.</summary>
    private async Task<bool> TrySendAsync(HttpRequestMessage original, CancellationToken cancellation)
    {
        var route = exchange.Route;
        var tried = exchange.Tried ??= [];
        var known = tried.Concat(_running.Concat(_ended).Select(leg => leg.Upstream)).ToList();
        var key = route.Hash is null ? 0 : HashKey.Of(context, route.Hash);
        if (route.Pool.Pick(route.Balancing, key, route.SlowStart, known) is not { } upstream)
        {
            return false;
        }

        if (!route.Budget.TryTake())
        {
            exchange.Service.Metrics.BudgetExhausted.Inc();
            return false;
        }

        exchange.Tries++;
        tried.Add(upstream);
        var started = hedges.Time.GetTimestamp();
        var span = hedges.Spans.StartTry(context, exchange, upstream);
        var request = new HttpRequestMessage { Method = original.Method, Version = original.Version, VersionPolicy = original.VersionPolicy };
        var prefix = upstream.Destination!.Model.Config.Address;
        await transformer.TransformRequestAsync(context, request, prefix, cancellation);
        request.RequestUri ??= RequestUtilities.MakeDestinationAddress(prefix, context.Request.Path, context.Request.QueryString);
        TlsConnect.Name(request, upstream.TlsName);
        RequestSpans.Propagate(request, exchange.Span, span);
        upstream.Begin();
        _running.Add(new HedgeLeg(client, request, upstream, started, span, cancellation));
        return true;
    }

    /// <summary>From here on the try that was taken is the request's; what became of the others is told to those who judge servers.</summary>
    private void Conclude(HedgeLeg taken, HedgeLeg first)
    {
        foreach (var leg in _running.Concat(_ended))
        {
            if (leg != first)
            {
                exchange.Service.Metrics.Hedged(leg == taken ? "won" : "lost");
            }

            if (leg != taken)
            {
                Judge(leg);
                leg.Upstream.End();
                _ = leg.AbandonAsync();
            }
        }

        if (taken != first)
        {
            (exchange.Upstream, exchange.TryStarted, exchange.TrySpan) = (taken.Upstream, taken.Started, taken.Span);
            context.GetReverseProxyFeature().ProxiedDestination = taken.Upstream.Destination;
        }
    }

    private void Judge(HedgeLeg leg)
    {
        var failure = leg.Answer is { IsFaulted: true, Exception.InnerException: { } exception } ? FailureReason.OfRequest(exception) : null;
        var status = leg.Answer.IsCompletedSuccessfully ? (int)leg.Answer.Result.StatusCode : 0;
        RequestSpans.EndTry(leg.Span, failure, status);
        if (failure is not null || status != 0)
        {
            hedges.Judge.Judge(exchange, leg.Upstream, failure, status, leg.Started);
            return;
        }

        // its answer would have taken at least so long
        var waited = hedges.Time.GetElapsedTime(leg.Started);
        leg.Upstream.Latency.Observe(waited);
        hedging.Observe(waited);
    }
}
