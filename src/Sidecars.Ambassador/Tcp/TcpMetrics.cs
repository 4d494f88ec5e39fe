using Prometheus;

namespace Sidecars.Ambassador.Tcp;

/// <summary>What is counted for TCP services. Labels come from the configuration and from fixed sets of reasons.</summary>
internal sealed class TcpMetrics(IMetricFactory metrics)
{
    private readonly Counter _connections = metrics.CreateCounter(
        "sidecars_ambassador_tcp_connections_total", "Connections accepted from the application.", ["service"]);

    private readonly Gauge _active = metrics.CreateGauge(
        "sidecars_ambassador_tcp_active_connections", "Connections open now.", ["service"]);

    private readonly Counter _bytes = metrics.CreateCounter(
        "sidecars_ambassador_tcp_bytes_total", "Bytes relayed: sent to the upstream, received from it.", ["service", "direction"]);

    private readonly Counter _connects = metrics.CreateCounter(
        "sidecars_ambassador_tcp_upstream_connections_total", "Connections established to an upstream.", ["service", "upstream"]);

    private readonly Counter _failures = metrics.CreateCounter(
        "sidecars_ambassador_tcp_connect_failures_total", "Attempts to connect to an upstream that failed, by reason.", ["service", "upstream", "reason"]);

    private readonly Counter _closed = metrics.CreateCounter(
        "sidecars_ambassador_tcp_closed_connections_total",
        "Connections that the ambassador itself ended, by reason.",
        ["service", "reason"]);

    private readonly Gauge _queued = metrics.CreateGauge(
        "sidecars_ambassador_tcp_queued_connections", "Connections that wait now for one of max_connections to end.", ["service"]);

    private readonly Gauge _up = metrics.CreateGauge(
        "sidecars_ambassador_tcp_upstream_up", "1 where health checks find an upstream good, or there are none; else 0.", ["service", "upstream"]);

    private readonly Counter _checks = metrics.CreateCounter(
        "sidecars_ambassador_tcp_health_checks_total", "Health checks, by result: ok, or why not.", ["service", "upstream", "result"]);

    private readonly Histogram _connectSeconds = metrics.CreateHistogram(
        "sidecars_ambassador_tcp_connect_duration_seconds",
        "Time from the application's connection to the upstream's.",
        ["service"],
        new HistogramConfiguration { Buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    /// <summary>The figures of one service.</summary>
    public TcpServiceMetrics Of(string service) => new(
        _connections.WithLabels(service),
        _active.WithLabels(service),
        _queued.WithLabels(service),
        _bytes.WithLabels(service, "sent"),
        _bytes.WithLabels(service, "received"),
        _connectSeconds.WithLabels(service),
        new TcpOutcomes(
            upstream => _connects.WithLabels(service, upstream),
            (upstream, reason) => _failures.WithLabels(service, upstream, reason),
            reason => _closed.WithLabels(service, reason),
            upstream => _up.WithLabels(service, upstream),
            upstream => _up.RemoveLabelled(service, upstream),
            (upstream, result) => _checks.WithLabels(service, upstream, result)));
}

/// <summary>The figures of one TCP service, looked up once.</summary>
internal sealed record TcpServiceMetrics(
    ICounter Connections, IGauge Active, IGauge Queued, ICounter Sent, ICounter Received, IHistogram ConnectSeconds, TcpOutcomes Outcomes);

/// <summary>Figures that are looked up when they are needed: once per connection or check.</summary>
/// <param name="Connected">Of an upstream.</param>
/// <param name="Failed">Of an upstream and a reason.</param>
/// <param name="Closed">Of a reason.</param>
/// <param name="Up">Of an upstream.</param>
/// <param name="Forget">Takes the health of an upstream that is not configured any more off the page.</param>
/// <param name="Checked">Of an upstream and a result.</param>
internal sealed record TcpOutcomes(
    Func<string, ICounter> Connected,
    Func<string, string, ICounter> Failed,
    Func<string, ICounter> Closed,
    Func<string, IGauge> Up,
    Action<string> Forget,
    Func<string, string, ICounter> Checked);
