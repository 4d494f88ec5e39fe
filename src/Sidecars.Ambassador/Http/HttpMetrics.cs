using System.Collections.Concurrent;
using System.Globalization;
using Prometheus;

namespace Sidecars.Ambassador.Http;

/// <summary>What is counted for HTTP services. Labels come from the configuration and from fixed sets.</summary>
internal sealed class HttpMetrics(IMetricFactory metrics)
{
    private readonly Counter _requests = metrics.CreateCounter(
        "sidecars_ambassador_http_requests_total",
        "Requests answered, by method and status; 499 where the application went away before.",
        ["service", "method", "code"]);

    private readonly Histogram _seconds = metrics.CreateHistogram(
        "sidecars_ambassador_http_request_duration_seconds",
        "Time from a request's head to the end of its response; WebSockets are left out.",
        ["service"],
        new HistogramConfiguration { Buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    private readonly Gauge _inFlight = metrics.CreateGauge("sidecars_ambassador_http_requests_in_flight", "Requests under way now.", ["service"]);

    private readonly Counter _errors = metrics.CreateCounter(
        "sidecars_ambassador_http_upstream_errors_total", "Tries that got no answer, or not all of it, by upstream and reason.", ["service", "upstream", "reason"]);

    private readonly Counter _retries = metrics.CreateCounter(
        "sidecars_ambassador_http_retries_total", "Requests sent again: to another upstream because one could not be connected to, or as the retry options say.", ["service"]);

    private readonly Counter _budget = metrics.CreateCounter(
        "sidecars_ambassador_http_retry_budget_exhausted_total", "Requests that would have been sent again, were the retry budget not used up.", ["service"]);

    private readonly Counter _rejected = metrics.CreateCounter(
        "sidecars_ambassador_http_rejected_total", "Requests that the ambassador answered itself without sending them, by reason.", ["service", "reason"]);

    private readonly Counter _ejections = metrics.CreateCounter(
        "sidecars_ambassador_http_ejections_total", "Upstreams that were taken out for a while, by reason.", ["service", "upstream", "reason"]);

    private readonly Counter _hedges = metrics.CreateCounter(
        "sidecars_ambassador_http_hedges_total", "Requests sent to one more server because the answer was late, by whether its answer was the one taken.", ["service", "result"]);

    private readonly Gauge _breaker = metrics.CreateGauge(
        "sidecars_ambassador_http_breaker_state", "The circuit breaker: 0 closed, 1 letting one request through, 2 open. The route is empty for that of the service.", ["service", "route"]);

    private readonly Counter _faults = metrics.CreateCounter(
        "sidecars_ambassador_http_faults_total", "Requests that met a fault made on purpose, by kind.", ["service", "kind"]);

    private readonly ConcurrentDictionary<string, RequestTally> _tallies = new(StringComparer.Ordinal);

    /// <summary>The figures of one service.</summary>
    public HttpServiceMetrics Of(string service) => new(
        _seconds.WithLabels(service),
        _inFlight.WithLabels(service),
        _retries.WithLabels(service),
        _budget.WithLabels(service),
        route => _breaker.WithLabels(service, route),
        (name, value) => (name switch { "kind" => _faults, "result" => _hedges, _ => _rejected }).WithLabels(service, value),
        (upstream, reason) => _ejections.WithLabels(service, upstream, reason),
        (method, code) => _requests.WithLabels(service, method, code.ToString(CultureInfo.InvariantCulture)),
        (upstream, reason) => _errors.WithLabels(service, upstream, reason))
    {
        Tally = TallyOf(service),
    };

    /// <summary>What the status page shows of a service; the same one as long as the process lives.</summary>
    public RequestTally TallyOf(string service) => _tallies.GetOrAdd(service, static _ => new RequestTally());
}

/// <summary>The figures of one HTTP service; those of every request are looked up once.</summary>
internal sealed class HttpServiceMetrics(
    IHistogram seconds,
    IGauge inFlight,
    ICounter retries,
    ICounter budget,
    Func<string, IGauge> breaker,
    Func<string, string, ICounter> own,
    Func<string, string, ICounter> ejections,
    Func<string, int, ICounter> requests,
    Func<string, string, ICounter> errors)
{
    private const int Lowest = 100;
    private const int Highest = 599;
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "other"];

    private readonly ICounter?[]?[] _requests = new ICounter?[]?[Methods.Length];

    /// <summary>What the status page shows of it.</summary>
    public RequestTally Tally { get; init; } = new();

    public IHistogram Seconds => seconds;

    public IGauge InFlight => inFlight;

    public ICounter Retries => retries;

    public ICounter BudgetExhausted => budget;

    /// <summary>The state of a breaker.</summary>
    /// <param name="route">The route that it is of; empty: the service.</param>
    public IGauge BreakerStateOf(string route) => breaker(route);

    /// <summary>Counts a request that was answered here.</summary>
    public void Rejected(string reason) => own("reason", reason).Inc();

    /// <summary>Counts a fault made on purpose.</summary>
    public void Faulted(string kind) => own("kind", kind).Inc();

    /// <summary>Counts a request that was sent to one more server.</summary>
    public void Hedged(string result) => own("result", result).Inc();

    /// <summary>Counts a server that was taken out.</summary>
    public void Ejected(string upstream, string reason) => ejections(upstream, reason).Inc();

    /// <summary>Counts a request. A method of the client's own invention becomes "other".</summary>
    public void Count(string method, int status)
    {
        var index = Array.IndexOf(Methods, method);
        index = index < 0 ? Methods.Length - 1 : index;
        var code = Math.Clamp(status, Lowest, Highest);
        var codes = _requests[index] ??= new ICounter?[Highest - Lowest + 1];
        (codes[code - Lowest] ??= requests(Methods[index], code)).Inc();
    }

    /// <summary>Counts a failed try.</summary>
    public void Failed(string? upstream, string reason) => errors(upstream ?? "", reason).Inc();
}
