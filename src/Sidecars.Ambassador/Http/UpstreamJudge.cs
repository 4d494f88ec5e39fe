using Sidecars.Ambassador.Balancing;

namespace Sidecars.Ambassador.Http;

/// <summary>Draws the conclusions from a try for the server it was sent to: pass it over, eject it, or think well of it.</summary>
internal sealed partial class UpstreamJudge(TimeProvider time, ILogger<UpstreamJudge> logger)
{
    /// <summary>After so long a server that could not be connected to is tried again.</summary>
    private static readonly TimeSpan PassedOverFor = TimeSpan.FromSeconds(5);

    /// <param name="exchange">The request.</param>
    /// <param name="upstream">The server.</param>
    /// <param name="failure">Why there is no answer, or not all of it; null where there is one.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="unansweredSince">The clock's timestamp when a try began that has no head of an answer; null where there is one.</param>
    public void Judge(Exchange exchange, Upstream upstream, FailureReason? failure, int status, long? unansweredSince)
    {
        var route = exchange.Route;
        string? ejected;
        if (failure is not null)
        {
            exchange.Service.Metrics.Failed(upstream.Name, failure.Word);
            ejected = JudgeFailure(exchange, upstream, failure, unansweredSince);
        }
        else if (status >= StatusCodes.Status500InternalServerError)
        {
            upstream.AnsweredBadly();
            ejected = route.Outliers.AfterFailure(upstream, route.Pool.Upstreams);
        }
        else
        {
            upstream.Succeeded();
            ejected = route.Outliers.AfterAnswer(upstream, route.Pool.Upstreams);
        }

        if (ejected is not null)
        {
            exchange.Service.Metrics.Ejected(upstream.Name, ejected);
            Ejected(logger, route.Pool.Name, upstream.Id, ejected);
        }
    }

    private string? JudgeFailure(Exchange exchange, Upstream upstream, FailureReason failure, long? unansweredSince)
    {
        if (failure.NothingWasSent)
        {
            if (upstream.PassOver(PassedOverFor))
            {
                PassedOver(logger, exchange.Route.Pool.Name, upstream.Id, failure.Word, PassedOverFor.TotalSeconds);
            }
        }
        else if (!failure.IsTheUpstreams)
        {
            return null;
        }
        else if (unansweredSince is { } began)
        {
            // the answer would have taken at least so long
            upstream.Latency.Observe(time.GetElapsedTime(began));
        }

        upstream.Broke();
        return exchange.Route.Outliers.AfterFailure(upstream, exchange.Route.Pool.Upstreams);
    }

    [LoggerMessage(2102, LogLevel.Warning, "Service {Service} could not connect to upstream {Upstream}: {Reason}; others are preferred for {Seconds} s")]
    private static partial void PassedOver(ILogger logger, string service, string upstream, string reason, double seconds);

    [LoggerMessage(2104, LogLevel.Warning, "Service {Service} ejected upstream {Upstream}: {Reason}")]
    private static partial void Ejected(ILogger logger, string service, string upstream, string reason);
}
