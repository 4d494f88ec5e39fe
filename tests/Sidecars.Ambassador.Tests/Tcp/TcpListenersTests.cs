using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Drain;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;
using Sidecars.Ambassador.Tracing;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Tests.Tcp;

public sealed class TcpListenersTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InFlight _inFlight = new();
    private readonly TempFolder _folder = new();
    private readonly List<EchoServer> _servers = [];
    private readonly NameDirectory _names;
    private readonly TcpListeners _listeners;
    private readonly TcpMetrics _metrics;

    public TcpListenersTests()
    {
        _metrics = new TcpMetrics(Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()));
        _names = new NameDirectory(
            new DnsOptions { Servers = [$"127.0.0.1:{FreePort.NextUdp()}"] },
            new DnsLookup(),
            new DnsMetrics(Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry())),
            TimeProvider.System,
            NullLogger<NameDirectory>.Instance);
        _listeners = new TcpListeners(_metrics, new ConnectionSpans(source: null), _names, new OwnAdminPort(ListenAddress.AnyIP(0)), _inFlight, _time, NullLogger<TcpListeners>.Instance);
    }

    public void Dispose()
    {
        _listeners.Dispose();
        _names.Dispose();
        _servers.ForEach(s => s.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task Change_KeepsTheConnectionsOfWhatStays_AndOfWhatGoes()
    {
        var (one, two) = (Server("one"), Server("two"));
        var (stays, goes, comes) = (Address(), Address(), Address());
        _listeners.Apply([Service("stays", stays, one), Service("goes", goes, one)]);
        await _listeners.StartAsync(default);
        using var staying = await TalkAsync(stays, "one");
        using var going = await TalkAsync(goes, "one");

        _listeners.Apply([Service("stays", stays, two), Service("comes", comes, two)]);

        await AskAsync(staying, "one");
        await AskAsync(going, "one");
        using var added = await TalkAsync(comes, "two");
        using var changed = await TalkAsync(stays, "two");
        await Assert.ThrowsAsync<SocketException>(() => TalkAsync(goes, "nobody"));
        Assert.Equal(4, _inFlight.Current);
    }

    [Fact]
    public async Task Upstream_ThatIsDown_IsPassedOver()
    {
        var address = Address();
        _listeners.Apply([Service("s", address, $"127.0.0.1:{FreePort.Next()}", "no-such-name.invalid:1", Server("alive"))]);
        await _listeners.StartAsync(default);

        for (var i = 0; i < 6; i++)
        {
            using var connection = await TalkAsync(address, "alive");
        }
    }

    [Fact]
    public async Task Upstream_ThatSwallowsTheConnection_IsPassedOverAfterTheConnectTimeout()
    {
        using var hole = new BlackHole();
        var address = Address();
        var service = Service("s", address, $"127.0.0.1:{hole.Port}", Server("alive"));
        service.Tcp!.LoadBalancing = TcpLoadBalancing.RoundRobin;
        service.Tcp.ConnectTimeout = TimeSpan.FromSeconds(2);
        _listeners.Apply([service]);
        await _listeners.StartAsync(default);

        var talking = TalkAsync(address, "alive");
        await Eventually.True(() =>
        {
            // the timeout is counted on the test's own clock; the step leaves the live server its time
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return talking.IsCompleted;
        });
        using var connection = await talking;
    }

    [Fact]
    public async Task Upstreams_ThatAreAllDown_ResetTheConnection_AndComeBack()
    {
        var (address, port) = (Address(), FreePort.Next());
        _listeners.Apply([Service("s", address, $"127.0.0.1:{port}")]);
        await _listeners.StartAsync(default);

        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(address, "nobody"));
        await Eventually.True(() => _inFlight.Current == 0);

        Server("back", port);
        using var connection = await TalkAsync(address, "back");
    }

    [Fact]
    public async Task IdleTimeout_EndsTheSilentOnly()
    {
        var address = Address();
        var service = Service("s", address, Server("x"));
        service.Tcp!.IdleTimeout = TimeSpan.FromSeconds(40);
        _listeners.Apply([service]);
        await _listeners.StartAsync(default);
        using var silent = await TalkAsync(address, "x");
        using var talking = await TalkAsync(address, "x");

        for (var i = 0; i < 6; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await AskAsync(talking, "x");
        }

        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => silent.ReceiveAsync(new byte[1], SocketFlags.None))).SocketErrorCode);
        await Eventually.True(() => _inFlight.Current == 1);
    }

    [Fact]
    public async Task UnixSocket_IsReplacedWhenAbandoned_AndRemovedAtTheEnd()
    {
        var path = _folder["db.sock"];
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
        }

        // .NET removes the file of a socket that it closes; a killed process leaves it
        using (var abandoned = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            abandoned.Bind(new UnixDomainSocketEndPoint(path + ".2"));
            File.Move(path + ".2", path);
        }

        Assert.True(File.Exists(path));
        _listeners.Apply([Service("s", $"unix:{path}", Server("x"))]);
        await _listeners.StartAsync(default);

        using (await TalkAsync($"unix:{path}", "x"))
        {
            await _listeners.StopAsync(default);
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void UnixSocket_WhosePathIsAFile_IsLeftAlone()
    {
        var path = _folder.Write("precious", "do not delete");
        _listeners.Apply([Service("s", $"unix:{path}", "127.0.0.1:1")]);

        Assert.Throws<IOException>(() => { _ = _listeners.StartAsync(default); });
        Assert.Equal("do not delete", File.ReadAllText(path));
    }

    [Fact]
    public async Task Address_ThatIsTakenOnAChange_IsTold_AndTheRestIsApplied()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = Address();
        _listeners.Apply([]);
        await _listeners.StartAsync(default);

        Assert.Throws<IOException>(() => _listeners.Apply([Service("no", $"127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}", "x:1"), Service("yes", address, Server("x"))]));

        using var connection = await TalkAsync(address, "x");
    }

    [Fact]
    public async Task ManyConnections_AreServedAtOnce()
    {
        var address = Address();
        _listeners.Apply([Service("s", address, Server("a"), Server("a"))]);
        await _listeners.StartAsync(default);

        var connections = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => TalkAsync(address, "a")));
        await Task.WhenAll(connections.Select(c => AskAsync(c, "a")));

        Assert.Equal(400, _inFlight.Current);
        Assert.Equal([200, 200], _servers.Select(s => s.Connections));
        Array.ForEach(connections, c => c.Dispose());
        await Eventually.True(() => _inFlight.Current == 0);
    }

    [Fact]
    public async Task MaxConnections_MakesTheNextWait_ForABoundedTime_InABoundedQueue()
    {
        var address = Address();
        var service = Service("s", address, Server("x"));
        (service.Tcp!.MaxConnections, service.Tcp.Queue, service.Tcp.QueueTimeout) = (1, 2, TimeSpan.FromSeconds(30));
        _listeners.Apply([service]);
        await _listeners.StartAsync(default);
        var first = await TalkAsync(address, "x");
        var waiting = TalkAsync(address, "x");
        await Eventually.Equal(1, () => _metrics.Of("s").Queued.Value);
        var late = TalkAsync(address, "x");
        await Eventually.Equal(2, () => _metrics.Of("s").Queued.Value);

        await Assert.ThrowsAnyAsync<Exception>(() => TalkAsync(address, "one too many"));
        Assert.False(waiting.IsCompleted);
        first.Dispose();
        using var second = await waiting;
        _time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAnyAsync<Exception>(() => late);
        Assert.Equal(1, Closed("queue_full"));
        Assert.Equal(1, Closed("queue_timeout"));
    }

    [Fact]
    public async Task MaxConnections_ThatIsRaised_LetsTheWaitingIn()
    {
        var address = Address();
        var service = Service("s", address, Server("x"));
        service.Tcp!.MaxConnections = 1;
        _listeners.Apply([service]);
        await _listeners.StartAsync(default);
        using var first = await TalkAsync(address, "x");
        var waiting = TalkAsync(address, "x");
        await Eventually.Equal(1, () => _metrics.Of("s").Queued.Value);

        service.Tcp.MaxConnections = 2;
        _listeners.Apply([service]);

        using var second = await waiting;
    }

    [Fact]
    public async Task UnixSocket_IsAnUpstream_WithTheEndOfOneDirectionKept()
    {
        var path = _folder["server.sock"];
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        var answering = Task.Run(async () =>
        {
            using var connection = await server.AcceptAsync();
            using var stream = new NetworkStream(connection);
            var question = await new StreamReader(stream).ReadToEndAsync();
            await connection.SendAsync(Encoding.ASCII.GetBytes($"answer to {question}"), SocketFlags.None);
        });
        var address = Address();
        _listeners.Apply([Service("s", address, $"unix:{path}")]);
        await _listeners.StartAsync(default);

        using var client = new TcpClient();
        Assert.True(ListenAddress.TryParse(address, out var listen));
        await client.ConnectAsync((IPEndPoint)listen!.EndPoint);
        using var reader = new StreamReader(client.GetStream());
        await client.GetStream().WriteAsync("all there is"u8.ToArray());
        client.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal("answer to all there is", await reader.ReadToEndAsync());
        await answering;
    }

    [Fact]
    public async Task HealthChecks_SendConnectionsToTheReplica_AndBack_AndEndThoseOfTheBadServer()
    {
        var (address, port) = (Address(), FreePort.Next());
        var service = Service("s", address, $"127.0.0.1:{port}", Server("replica"));
        service.Tcp!.Upstreams[1] = service.Tcp.Upstreams[1] with { Priority = 1 };
        service.Tcp.Health = new TcpHealthOptions { CloseConnections = true, Timeout = TimeSpan.FromMinutes(1), Interval = TimeSpan.FromSeconds(1), Failures = 2, Successes = 2 };
        var primary = new EchoServer("primary", port);
        _listeners.Apply([service]);
        await _listeners.StartAsync(default);
        using var onPrimary = await TalkAsync(address, "primary");

        primary.Dispose();
        await TickUntilAsync(() => Up(service.Tcp.Upstreams[0].Address) == 0);

        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(onPrimary, "primary"));
        Assert.Equal(1, Closed("unhealthy"));
        (await TalkAsync(address, "replica")).Dispose();
        Server("primary", port);
        await TickUntilAsync(() => Up(service.Tcp.Upstreams[0].Address) == 1);
        using var back = await TalkAsync(address, "primary");
    }

    /// <summary>Lets the checks' clock run until something holds; each step leaves a check under way its time.</summary>
    private Task TickUntilAsync(Func<bool> condition) => Eventually.True(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        TimeSpan.FromSeconds(60));

    private double Up(string upstream) => _metrics.Of("s").Outcomes.Up(upstream).Value;

    private double Closed(string reason) => _metrics.Of("s").Outcomes.Closed(reason).Value;

    private string Server(string name, int port = 0)
    {
        var server = new EchoServer(name, port);
        _servers.Add(server);
        return $"127.0.0.1:{server.Port}";
    }

    private static string Address() => $"127.0.0.1:{FreePort.Next()}";

    private static ServiceOptions Service(string name, string listen, params string[] upstreams) => new()
    {
        Name = name,
        Listen = ListenAddress.TryParse(listen, out var address) ? address : null,
        Tcp = new TcpServiceOptions { Upstreams = [.. upstreams.Select(u => new TcpUpstreamOptions(u))] },
    };

    private static async Task<Socket> TalkAsync(string address, string server)
    {
        Assert.True(ListenAddress.TryParse(address, out var listen));
        var endPoint = listen!.EndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint);
        await AskAsync(socket, server);
        return socket;
    }

    private static async Task AskAsync(Socket socket, string server)
    {
        await socket.SendAsync("?"u8.ToArray(), SocketFlags.None);
        var answer = new byte[server.Length + 1];
        await new NetworkStream(socket).ReadExactlyAsync(answer);
        Assert.Equal(server + "?", Encoding.ASCII.GetString(answer));
    }
}
