using System.Threading.Channels;
using Prometheus;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tapping;
using Sidecars.Common.Tapping;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// One line per request. A request only leaves an entry in a bounded queue: writing a log may block, and on the request path
/// nothing may. Where the log cannot keep up, lines are dropped and counted. At the end of the process what is queued is
/// still written.
/// </summary>
internal sealed partial class AccessLog : BackgroundService
{
    private const int Capacity = 4096;

    /// <summary>Gathers entries before it writes, so that the writer is not woken for each of them.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly Channel<FinishedRequest> _entries;
    private readonly TapPoint<TappedRequest> _tap;
    private readonly TimeProvider _time;
    private readonly ILogger<AccessLog> _logger;
    private readonly Counter _dropped;
    private volatile AccessLogScope _scope;
    private double _percent = 100;

    public AccessLog(IMetricFactory metrics, TapPoint<TappedRequest> tap, TimeProvider time, ILogger<AccessLog> logger)
    {
        (_tap, _time, _logger) = (tap, time, logger);
        _dropped = metrics.CreateCounter("sidecars_ambassador_access_log_dropped_total", "Lines of the access log that were not written, by reason.", ["reason"]);
        var full = _dropped.WithLabels("queue_full");
        var options = new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true };
        _entries = Channel.CreateBounded<FinishedRequest>(options, _ => full.Inc());
    }

    /// <summary>Which requests are logged; may change at any time.</summary>
    public AccessLogScope Scope
    {
        get => _scope;
        set => _scope = value;
    }

    /// <summary>How many percent of the requests that did not fail are logged where all are; may change at any time.</summary>
    public double Percent
    {
        get => Volatile.Read(ref _percent);
        set => Volatile.Write(ref _percent, value);
    }

    /// <summary>Whether a request is logged: a failure is in no sample, it always is.</summary>
    /// <param name="scope">Which requests are logged.</param>
    /// <param name="percent">How many percent of those that did not fail.</param>
    /// <param name="failed">Whether it did.</param>
    /// <param name="draw">A number at random, from 0 to below 1.</param>
    internal static bool IsLogged(AccessLogScope scope, double percent, bool failed, double draw) =>
        scope != AccessLogScope.Off && (failed || (scope == AccessLogScope.All && draw * 100 < percent));

    /// <summary>Notes a finished request, and shows it to those who look on, whether it is logged or not. Never blocks.</summary>
    public void Write(HttpContext context, Exchange exchange, int status, TimeSpan duration)
    {
        var failed = exchange.Failure is not null || status >= StatusCodes.Status500InternalServerError;
        var isLogged = IsLogged(_scope, Percent, failed, Random.Shared.NextDouble());
        if (!isLogged && !_tap.IsOpen)
        {
            return;
        }

        var request = new FinishedRequest(
            exchange.Service.Name,
            context.Request.Method,
            context.Request.Path.Value ?? "",
            status,
            duration,
            context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination?.DestinationId,
            exchange.Tries,
            exchange.UpstreamLatency,
            exchange.CacheResult,
            exchange.Failure?.Word);
        if (isLogged)
        {
            _entries.Writer.TryWrite(request);
        }

        if (_tap.IsOpen)
        {
            _tap.Offer(request.Service, TappedRequest.SizeOf(request), (request, _time), static passing => new TappedRequest(passing._time.GetUtcNow(), passing.request));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _entries.Reader.WaitToReadAsync(stoppingToken))
            {
                WriteQueued();
                await Task.Delay(Gathering, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            WriteQueued();
        }
    }

    private void WriteQueued()
    {
        while (_entries.Reader.TryRead(out var e))
        {
            Answered(_logger, e.Service, e.Method, e.Path, e.Status, e.Milliseconds, e.Upstream, e.Tries, e.UpstreamMilliseconds, e.Cache, e.Reason);
        }
    }

    [LoggerMessage(2101, LogLevel.Information, "{Service}: {Method} {Path} answered {Status} in {Milliseconds} ms; upstream {Upstream}, tries {Tries}, the last began to answer after {UpstreamMilliseconds} ms, cache {Cache}, reason {Reason}")]
    private static partial void Answered(
        ILogger logger, string service, string method, string path, int status, double milliseconds, string? upstream, int tries, double? upstreamMilliseconds, string? cache, string? reason);
}
