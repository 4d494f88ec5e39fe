using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// What a request passes before it is sent: the faults made on purpose, the application's limits, the breaker. A route
/// without any of them costs nothing here.
/// </summary>
internal sealed class Entrance(TimeProvider time)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var exchange = context.Features.GetRequiredFeature<Exchange>();
        var route = exchange.Route;
        if (route.Faults?.Pick(context.Request.Headers) is { } fault)
        {
            return FaultAsync(context, exchange, fault, next);
        }

        return route.Limits is null ? BreakerAsync(context, exchange, next) : LimitsAsync(context, exchange, next);
    }

    private async Task FaultAsync(HttpContext context, Exchange exchange, FaultOptions fault, RequestDelegate next)
    {
        if (fault.Delay > TimeSpan.Zero)
        {
            exchange.Service.Metrics.Faulted("delay");
            try
            {
                await Task.Delay(fault.Delay, time, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                exchange.Failure = FailureReason.Canceled;
                return;
            }
        }

        if (fault.AbortStatus > 0)
        {
            exchange.Service.Metrics.Faulted("abort");
            await FailureResponse.RejectAsync(context, FailureReason.Fault with { Status = fault.AbortStatus });
            return;
        }

        await (exchange.Route.Limits is null ? BreakerAsync(context, exchange, next) : LimitsAsync(context, exchange, next));
    }

    private static async Task LimitsAsync(HttpContext context, Exchange exchange, RequestDelegate next)
    {
        var limits = exchange.Route.Limits!;
        if (limits.TryTake() is { } wait)
        {
            await RejectAsync(context, FailureReason.RateLimit, wait);
            return;
        }

        if (!limits.TryEnter())
        {
            await RejectAsync(context, FailureReason.ConcurrencyLimit, TimeSpan.Zero);
            return;
        }

        try
        {
            await BreakerAsync(context, exchange, next);
        }
        finally
        {
            limits.Leave();
        }
    }

    private static Task BreakerAsync(HttpContext context, Exchange exchange, RequestDelegate next) =>
        exchange.Route.Breaker is { } gate ? BreakerAsync(context, exchange, gate, next) : next(context);

    private static async Task BreakerAsync(HttpContext context, Exchange exchange, BreakerGate gate, RequestDelegate next)
    {
        var admission = gate.Breaker.TryEnter();
        if (admission == Admission.Refused)
        {
            await RejectAsync(context, FailureReason.CircuitOpen, gate.Breaker.Remaining);
            return;
        }

        var outcome = Outcome.Unknown;
        try
        {
            using var place = await gate.EnterAsync(context.RequestAborted);
            if (place is { IsAcquired: false })
            {
                await RejectAsync(context, FailureReason.PendingLimit, TimeSpan.Zero);
                return;
            }

            await next(context);
            outcome = OutcomeOf(exchange, context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            exchange.Failure = FailureReason.Canceled;
        }
        finally
        {
            gate.Breaker.Leave(admission, outcome);
            gate.Show();
        }
    }

    private static Outcome OutcomeOf(Exchange exchange, int status) => exchange.Failure is { } failure
        ? failure.IsTheUpstreams || failure.NothingWasSent ? Outcome.Failed : Outcome.Unknown
        : status >= StatusCodes.Status500InternalServerError ? Outcome.Failed : Outcome.Succeeded;

    /// <summary>Refuses, and says when to come again: at least a second from now, the header knows no less.</summary>
    private static Task RejectAsync(HttpContext context, FailureReason reason, TimeSpan wait)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        return FailureResponse.RejectAsync(context, reason, seconds.ToString(CultureInfo.InvariantCulture));
    }
}
