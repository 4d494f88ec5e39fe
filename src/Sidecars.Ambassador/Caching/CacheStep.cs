using Microsoft.AspNetCore.Http.Features;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Tracing;

namespace Sidecars.Ambassador.Caching;

/// <summary>
/// The step of the pipeline that gives kept answers, and forwards where there is none. It stands before the limits and the
/// breaker: an answer that is kept goes to no server, and one that is stale may stand in for an open breaker. A service
/// without a cache costs nothing here.
/// </summary>
internal sealed partial class CacheStep(IServiceProvider services, RequestSpans spans, TimeProvider time, ILogger<CacheStep> logger)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var exchange = context.Features.GetRequiredFeature<Exchange>();
        var id = context.GetReverseProxyFeature().Route.Config.RouteId;
        exchange.Route = exchange.Service.RouteOf(id);
        if (exchange.Service.Caches.All.Count == 0)
        {
            return next(context);
        }

        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            return Invalidation.ForwardAsync(context, exchange, next);
        }

        return exchange.Route.Cache is not { } cache ? next(context)
            : CacheRequest.Of(context, id, cache.ByHost) is { } request ? AnswerAsync(context, exchange, cache, request, next)
            : BypassAsync(context, exchange, cache, next);
    }

    private static Task BypassAsync(HttpContext context, Exchange exchange, RouteCache cache, RequestDelegate next)
    {
        cache.Figures.Asked(exchange.CacheResult = "bypass");
        context.Response.OnStarting(static response => AddAsync((HttpResponse)response, CacheStatus.Forwarded("bypass", stored: false)), context.Response);
        return next(context);
    }

    private static Task AddAsync(HttpResponse response, string status)
    {
        CacheStatus.Add(response, status);
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(HttpContext context, Exchange exchange, RouteCache cache, CacheRequest request, RequestDelegate next)
    {
        try
        {
            await FindAsync(context, exchange, cache, request, next);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            exchange.Failure = FailureReason.Canceled;
        }
        finally
        {
            cache.Figures.Asked(exchange.CacheResult ?? "miss");
        }
    }

    private async Task FindAsync(HttpContext context, Exchange exchange, RouteCache cache, CacheRequest request, RequestDelegate next)
    {
        var entry = Find(context, cache, request);
        if (entry is not null && cache.Policy.Of(entry, request) is not Verdict.Validate and var verdict)
        {
            if (verdict == Verdict.UseAndValidate)
            {
                ValidateBeside(context, exchange, cache, request, entry, next);
            }

            var left = cache.Policy.TimeLeft(entry);
            await GiveAsync(context, exchange, cache, entry, left > TimeSpan.Zero ? "hit" : "stale", CacheStatus.Hit(left));
            return;
        }

        if (request.Directives.OnlyIfCached)
        {
            exchange.CacheResult = "only_if_cached";
            await FailureResponse.RejectAsync(context, FailureReason.NotCached);
            return;
        }

        Flights.Flight? flight = null;
        if (MayWait(context, cache, request, entry))
        {
            flight = cache.Flights.Begin(request, out var other);
            if (other is not null)
            {
                await WaitAsync(context, cache, other);
            }

            // the other one may have landed between the first look and now, too
            entry = Find(context, cache, request);
            if (entry is not null && cache.Policy.Of(entry, request) == Verdict.Use)
            {
                flight?.Land(isKept: true);
                await GiveAsync(context, exchange, cache, entry, "collapsed", CacheStatus.Collapsed(cache.Policy.TimeLeft(entry)));
                return;
            }
        }

        using var fetch = new CacheFetch(context, exchange, cache, request, entry, flight, time);
        await fetch.RunAsync(next);
    }

    /// <summary>A client with an answer of its own gets a short one, which is not worth waiting for; and one that wants a new answer gets its own.</summary>
    private static bool MayWait(HttpContext context, RouteCache cache, CacheRequest request, CacheEntry? entry) =>
        cache.Policy.Options.CoalesceWait > TimeSpan.Zero
        && !request.IsHead
        && !request.Directives.NoCache
        && (entry is not null || !CacheRequest.IsConditional(context.Request.Headers));

    private static CacheEntry? Find(HttpContext context, RouteCache cache, CacheRequest request) =>
        cache.Store.Find(request.Key, request.Route, context.Request.Headers);

    private async Task WaitAsync(HttpContext context, RouteCache cache, Flights.Flight other)
    {
        try
        {
            await other.Landed.WaitAsync(cache.Policy.Options.CoalesceWait, time, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            // it goes on by itself
        }
    }

    private static Task GiveAsync(HttpContext context, Exchange exchange, RouteCache cache, CacheEntry entry, string result, string status)
    {
        exchange.CacheResult = result;
        return KeptAnswer.WriteAsync(context, entry, cache.Policy.AgeOf(entry), status);
    }

    private void ValidateBeside(HttpContext context, Exchange exchange, RouteCache cache, CacheRequest request, CacheEntry entry, RequestDelegate next)
    {
        if (cache.Flights.Begin(request, out _) is { } flight)
        {
            if (!ReferenceEquals(Find(context, cache, request), entry))
            {
                // another validation has ended between the look and now
                flight.Land(isKept: true);
                return;
            }

            var own = BackgroundRequest.Of(context, exchange, services, time, out var copy);
            _ = ValidateAsync(new CacheFetch(copy, own, cache, request with { IsHead = false }, entry, flight, time), copy, own, next);
        }
    }

    private async Task ValidateAsync(CacheFetch fetch, HttpContext context, Exchange exchange, RequestDelegate next)
    {
        using var validation = fetch;
        spans.Begin(context, exchange);
        try
        {
            await validation.RunAsync(next);
        }
#pragma warning disable CA1031 // nobody waits for it: what went wrong is told, and the next request tries again
        catch (Exception e)
#pragma warning restore CA1031
        {
            NotValidated(logger, exchange.Service.Name, e);
        }
        finally
        {
            exchange.CacheResult = "validation";
            RequestSpans.End(context, exchange, context.Response.StatusCode);
        }
    }

    [LoggerMessage(2105, LogLevel.Warning, "Service {Service}: a kept answer could not be validated")]
    private static partial void NotValidated(ILogger logger, string service, Exception exception);
}
