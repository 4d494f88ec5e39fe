using Microsoft.AspNetCore.Http.Features;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Http;

/// <summary>Decides whether a request is sent again after something of it may have reached a server.</summary>
internal sealed class Repetition(TimeProvider time)
{
    /// <summary>Gets ready: the body is kept where the request might be sent again.</summary>
    public static void Prepare(HttpContext context, Exchange exchange)
    {
        var retry = exchange.Route.Retry;
        var request = context.Request;
        exchange.MayRepeat = retry.MayRepeat(request, FailureResponse.IsGrpc(request));
        if (exchange.MayRepeat == false || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
        {
            return;
        }

        var limit = retry.Options.Buffer.Bytes;
        if (limit > 0 && (request.ContentLength ?? 0) <= limit)
        {
            exchange.Body = new ReplayBody(request.Body, (int)limit);
            request.Body = exchange.Body;
        }
        else
        {
            exchange.MayRepeat = false;
        }
    }

    /// <summary>Whether the answer that has begun is to be thrown away for another try; takes it from the budget.</summary>
    public bool IsToBeRepeated(HttpContext context, Exchange exchange, HttpResponseMessage response) =>
        exchange.MayRepeat == true
        && exchange.Route.Retry.IsToBeRepeated(response, FailureResponse.IsGrpc(context.Request))
        && TryTake(context, exchange);

    /// <summary>Takes a repetition, where limit, time, body and budget allow it.</summary>
    public bool TryTake(HttpContext context, Exchange exchange)
    {
        var route = exchange.Route;
        if (exchange.Repetitions >= route.Retry.Options.Limit
            || context.Response.HasStarted
            || context.RequestAborted.IsCancellationRequested
            || IsTooLate(exchange)
            || exchange.Body?.CanRewind == false)
        {
            return false;
        }

        if (!route.Budget.TryTake())
        {
            exchange.Service.Metrics.BudgetExhausted.Inc();
            return false;
        }

        exchange.Repetitions++;
        return true;
    }

    /// <summary>Whether the time for the whole request is over.</summary>
    public bool IsTooLate(Exchange exchange) =>
        exchange.Route.Timeout != TimeSpan.Zero && time.GetElapsedTime(exchange.Started) >= exchange.Route.Timeout;

    /// <summary>The pause before the repetition that was taken last.</summary>
    public Task PauseAsync(HttpContext context, Exchange exchange)
    {
        var retry = exchange.Route.Retry.Options;
        return Task.Delay(Backoff.Of(exchange.Repetitions, retry.Backoff, retry.BackoffAtMost, Random.Shared.NextDouble()), time, context.RequestAborted);
    }
}
