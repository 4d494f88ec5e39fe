using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;
using Sidecars.Common.Configuration;
using Sidecars.Common.Status;

namespace Sidecars.Ambassador.Showing;

/// <summary>What the status page shows of TCP services: the services with their connections and bytes, and their servers.</summary>
internal sealed class TcpStatus(LiveOptions<AmbassadorOptions> options, TcpListeners listeners, TimeProvider time)
{
    private StatusRates? _connections;
    private StatusRates? _sent;
    private StatusRates? _received;

    public void AddTo(StatusBoard board)
    {
        _connections = board.AddRates(() => Totals(metrics => metrics.Connections.Value));
        _sent = board.AddRates(() => Totals(metrics => metrics.Sent.Value));
        _received = board.AddRates(() => Totals(metrics => metrics.Received.Value));
        board.AddSection("tcp_services", "TCP services", Services);
        board.AddSection("tcp_upstreams", "TCP upstreams", Upstreams);
    }

    private StatusValue StateOf(TcpUpstream upstream) =>
        !upstream.IsHealthy ? StatusValue.State("not well", StatusLevel.Bad)
        : upstream.IsUsable(time) ? StatusValue.State("available", StatusLevel.Good)
        : StatusValue.State("no connection", StatusLevel.Bad);

    private IEnumerable<(string Listen, TcpService Service)> InForce()
    {
        foreach (var service in options.Current.AllServices())
        {
            if (service.Tcp is not null && listeners.Find(service.Name) is { } listener)
            {
                yield return (listener.Address.Text, listener.Service);
            }
        }
    }

    private IEnumerable<KeyValuePair<string, double>> Totals(Func<TcpServiceMetrics, double> total) =>
        InForce().Select(entry => KeyValuePair.Create(entry.Service.Name, total(entry.Service.Metrics)));

    private StatusTable Services()
    {
        var table = new StatusTable(
            new("service", "Service"),
            new("listen", "Listens on"),
            new("open_connections", "Open now"),
            new("queued_connections", "Queued"),
            new("connections", "Connections"),
            new("connections_per_second", "New/s"),
            new("sent_bytes_per_second", "Sent"),
            new("received_bytes_per_second", "Received"));
        foreach (var (listen, service) in InForce())
        {
            table.Add(
                StatusValue.Text(service.Name),
                StatusValue.Text(listen),
                StatusValue.Count(service.Metrics.Active.Value),
                StatusValue.Count(service.Metrics.Queued.Value),
                StatusValue.Count(service.Metrics.Connections.Value),
                StatusValue.PerSecond(_connections!.Of(service.Name)),
                StatusValue.BytesPerSecond(_sent!.Of(service.Name)),
                StatusValue.BytesPerSecond(_received!.Of(service.Name)));
        }

        return table;
    }

    private StatusTable Upstreams()
    {
        var table = new StatusTable(new("upstream", "Upstream"), new("service", "Of"), new("state", "State"), new("open_connections", "Open now"));
        foreach (var (_, service) in InForce())
        {
            foreach (var upstream in service.Upstreams)
            {
                table.Add(StatusValue.Text(upstream.Id), StatusValue.Text(service.Name), StateOf(upstream), StatusValue.Count(upstream.Active));
            }
        }

        return table;
    }
}
