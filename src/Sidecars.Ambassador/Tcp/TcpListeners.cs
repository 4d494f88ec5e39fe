using System.Net.Sockets;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Drain;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tracing;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// The TCP listeners that the configuration asks for. On a change each service is compared by name and address: what stays
/// keeps listening and keeps its connections, and takes new settings for new connections; what is gone stops to accept and
/// its connections run out by themselves; what is new begins. At the start an address that is not to be had is fatal, later
/// the rest is applied first and then it is told.
/// </summary>
internal sealed class TcpListeners(
    TcpMetrics metrics, ConnectionSpans spans, NameDirectory names, OwnAdminPort admin, InFlight inFlight, TimeProvider time, ILogger<TcpListeners> logger) : IHostedService, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TcpServiceListener> _running = new(StringComparer.Ordinal);
    private readonly List<TcpService> _retired = [];
    private IReadOnlyList<ServiceOptions> _wanted = [];
    private bool _started;

    /// <summary>The listener of a service, or null.</summary>
    public TcpServiceListener? Find(string service)
    {
        lock (_lock)
        {
            return _running.Values.FirstOrDefault(l => l.Service.Name == service);
        }
    }

    /// <summary>Makes the listeners those of the configuration; before the start it is only remembered.</summary>
    public void Apply(IReadOnlyList<ServiceOptions> services)
    {
        lock (_lock)
        {
            _wanted = services;
            if (_started)
            {
                Change();
            }
        }
    }

    /// <summary>Ends the listeners that the configuration does not name, which <see cref="Apply"/> does, too: their addresses are free then.</summary>
    public void EndOthers(IReadOnlyList<ServiceOptions> services)
    {
        lock (_lock)
        {
            End(Wanted(services));
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _started = true;
            names.Changed += Follow;
            Change();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        names.Changed -= Follow;
        lock (_lock)
        {
            foreach (var listener in _running.Values)
            {
                listener.Dispose();
                _retired.Add(listener.Service);
            }

            _running.Clear();
            _retired.ForEach(service => service.Abort());
            _retired.Clear();
        }
    }

    private void Follow()
    {
        lock (_lock)
        {
            foreach (var listener in _running.Values)
            {
                listener.Service.Follow();
            }
        }
    }

    private void Change()
    {
        var failures = new List<Exception>();
        var wanted = Wanted(_wanted);
        End(wanted);
        foreach (var (key, service) in wanted)
        {
            if (_running.TryGetValue(key, out var listener))
            {
                listener.Service.Secure(service.ListenTls);
                listener.Service.Apply(service.Tcp!);
                listener.WatchIdle();
            }
            else
            {
                Begin(key, service, failures);
            }
        }

        if (failures.Count > 0)
        {
            throw failures[0];
        }
    }

    private void End(Dictionary<string, ServiceOptions> wanted)
    {
        foreach (var key in _running.Keys.Except(wanted.Keys).ToList())
        {
            // The name may come back at another address: its connections here run out by themselves.
            _running.Remove(key, out var gone);
            gone!.Dispose();
            _retired.RemoveAll(service => service.Connections == 0);
            _retired.Add(gone.Service);
        }
    }

    private void Begin(string key, ServiceOptions options, List<Exception> failures)
    {
        var service = new TcpService(options.Name, metrics.Of(options.Name), spans, names, admin, inFlight, time, logger);
        service.Secure(options.ListenTls);
        service.Apply(options.Tcp!);
        try
        {
            var listener = new TcpServiceListener(service, options.Listen!, time, logger);
            _running.Add(key, listener);
            listener.Start();
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            TcpLog.ListenFailed(logger, options.Name, options.Listen!.Text, e.Message);
            failures.Add(new IOException($"service {options.Name} cannot listen on {options.Listen}: {e.Message}", e));
        }
    }

    private static Dictionary<string, ServiceOptions> Wanted(IReadOnlyList<ServiceOptions> services) =>
        services.Where(s => s.Tcp is not null).ToDictionary(Key, StringComparer.Ordinal);

    private static string Key(ServiceOptions service) => $"{service.Name}\n{service.Listen}";
}
