using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;
using Sidecars.Common.Configuration;
using Sidecars.Common.Health;

namespace Sidecars.Ambassador;

/// <summary>
/// Puts the configuration in force, at the start and on every change. A change that brings an address which is not to be
/// had changes nothing.
/// </summary>
internal sealed partial class LiveServices(
    LiveOptions<AmbassadorOptions> live,
    NameDirectory names,
    HttpServices http,
    TcpListeners tcp,
    HealthRegistry health,
    ILogger<LiveServices> logger) : IHostedLifecycleService, IDisposable
{
    private readonly HealthGate _gate = health.AddStartup("listeners");
    private IDisposable? _subscription;

    /// <summary>Null until the start, where an address that is not to be had is fatal.</summary>
    private IReadOnlyList<ServiceOptions>? _inForce;

    /// <summary>Before any service binds a port.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Apply(live.Current);
        _subscription = live.OnChange(Apply);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>When all services have bound theirs.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _gate.Open();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _subscription?.Dispose();

    private void Apply(AmbassadorOptions options)
    {
        var services = options.AllServices();
        if (_inForce is not null)
        {
            NewAddresses.Check(_inForce, services);
        }

        _inForce = services;
        foreach (var open in services.Where(s => s.Listen is { IsLocal: false }))
        {
            OpenListener(logger, open.Name, open.Listen!.Text);
        }

        names.Begin(options.Dns, services);

        // an address may pass from TCP to HTTP
        tcp.EndOthers(services);
        http.Apply(services, options.AccessLog, options.AccessLogPercent);
        tcp.Apply(services);
        names.EndOthers(services);
    }

    [LoggerMessage(2001, LogLevel.Warning, "Service {Service} listens on {Address}: whoever reaches the pod uses it as the application does; 127.0.0.1 keeps it to the pod")]
    private static partial void OpenListener(ILogger logger, string service, string address);
}
