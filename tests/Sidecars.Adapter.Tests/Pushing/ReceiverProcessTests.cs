using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Pushing;

/// <summary>A running adapter that is pushed to in every way.</summary>
public sealed class ReceiverProcessTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly int _admin = FreePort.Next();
    private readonly int _udp = FreePort.NextUdp();
    private readonly int _tcp = FreePort.Next();
    private readonly int _graphite = FreePort.Next();

    [Fact]
    public async Task EveryTransport_SamplesAreCountedAndPromtoolIsContent()
    {
        await using var adapter = await StartAsync();
        using var udp = new UdpClient();
        using var unix = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        using var tcp = new TcpClient("127.0.0.1", _tcp);
        using var graphite = new TcpClient("127.0.0.1", _graphite);
        for (var i = 0; i < 200; i++)
        {
            // one at a time and few, so that no buffer can be too small
            await udp.SendAsync(Encoding.ASCII.GetBytes("app.u.requests:1|c\nu.took:20|ms"), new IPEndPoint(IPAddress.Loopback, _udp));
        }

        await unix.SendToAsync(Encoding.ASCII.GetBytes("app.x.requests:5|c"), new UnixDomainSocketEndPoint(_folder["s.sock"]));
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes("app.t.requests:1|c\napp.t.req"));
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes("uests:2|c\nnonsense\napp.t.requests:4|c"));
        tcp.Client.Shutdown(SocketShutdown.Send);
        await graphite.GetStream().WriteAsync(Encoding.ASCII.GetBytes("servers.web.load 1.5 1700000000\n"));

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("app_requests_total") == 212, Deadline);
        await Eventually.True(async () => (await adapter.MetricsAsync()).Find("servers_web_load") == 1.5, Deadline);
        var text = (await adapter.GetAsync("metrics")).Body;
        var page = MetricsText.Parse(text);
        Assert.Equal(7, page.Value("app_requests_total", ("queue", "t")));
        Assert.Equal(200, page.Value("u_took_count"));
        Assert.Equal(1, page.Value("sidecars_adapter_samples_dropped_total", ("input", "statsd"), ("reason", "malformed")));
        Assert.Equal(0, page.Value("sidecars_adapter_datagrams_lost_total", ("input", "statsd")));
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        Assert.Equal(0, await adapter.TerminateAsync());
        Assert.False(File.Exists(_folder["s.sock"]));
    }

    [Fact]
    public async Task EndlessLineAndGarbage_EndTheirConnectionAndNothingElse()
    {
        await using var adapter = await StartAsync();
        using var hostile = new TcpClient("127.0.0.1", _tcp);
        using var udp = new UdpClient();
        var garbage = new byte[30_000];
        new Random(3).NextBytes(garbage);
        garbage.AsSpan().Replace((byte)'\n', (byte)'x');
        await udp.SendAsync(garbage, new IPEndPoint(IPAddress.Loopback, _udp));

        // it may be closed before all is written
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await hostile.GetStream().WriteAsync(garbage);
            }
        });
        using var good = new TcpClient("127.0.0.1", _tcp);
        await good.GetStream().WriteAsync(Encoding.ASCII.GetBytes("app.g.requests:1|c\n"));

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("app_requests_total") == 1, Deadline);
        await Eventually.True(async () => (await adapter.MetricsAsync()).Value("sidecars_adapter_samples_dropped_total", ("input", "statsd"), ("reason", "malformed")) >= 2, Deadline);
    }

    [Fact]
    public async Task Check_Mistakes_PlaceAndRemedy()
    {
        var file = _folder.Write("adapter.yaml", """
            statsd:
              mappings:
                - { match: "a.*", name: "1a" }
                - { match: "(?=a)", match_type: regex, name: a }
                - { match: b, name: b, labels: { "x-y": $1 }, buckets: [2, 1] }
            graphite: { udp: nowhere }
            """);

        var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["check", file]);

        Assert.Equal(2, exitCode);
        Assert.Contains("statsd: nothing can be received", error, StringComparison.Ordinal);
        Assert.Contains(":3:29: statsd.mappings[0].name: '1a' is not a metric's name", error, StringComparison.Ordinal);
        Assert.Contains("statsd.mappings[1].match: '(?=a)' is not a regex that can be run without backtracking", error, StringComparison.Ordinal);
        Assert.Contains("'x-y' is not a label's name", error, StringComparison.Ordinal);
        Assert.Contains("the bounds of the buckets must increase", error, StringComparison.Ordinal);
        Assert.Contains("graphite.udp: 'nowhere' is not an address", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<SidecarProcess> StartAsync()
    {
        var file = _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{_admin}}" }
            statsd:
              udp: 127.0.0.1:{{_udp}}
              tcp: 127.0.0.1:{{_tcp}}
              unix: {{_folder["s.sock"]}}
              mappings: [ { match: "app.*.requests", name: app_requests_total, labels: { queue: $1 } } ]
            graphite: { tcp: "127.0.0.1:{{_graphite}}" }
            """);
        var adapter = SidecarProcess.Start("adapter", _admin, ["--config", file]);
        await adapter.WaitReadyAsync();
        return adapter;
    }
}
