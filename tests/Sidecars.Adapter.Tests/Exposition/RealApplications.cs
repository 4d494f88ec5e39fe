using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sidecars.Adapter.Options;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Exposition;

/// <summary>An adapter, the real application of every preset that it has, and a real StatsD client; each sees traffic that is known.</summary>
internal sealed class RealApplications : IAsyncDisposable
{
    public const int Requests = 20;

    private const string Format = "$remote_addr \"$request\" $status $body_bytes_sent $request_time $upstream_response_time";

    // Debian's python3-statsd, one of the clients that applications use
    private const string StatsdClient = """
        import sys, statsd
        client = statsd.StatsClient("127.0.0.1", int(sys.argv[1]))
        for _ in range(20):
            client.incr("shop.orders")
            client.timing("shop.took", 250)
        client.gauge("shop.stock", 7)
        client.gauge("shop.stock", -2, delta=True)
        for user in ("a", "b", "a"):
            client.set("shop.users", user)
        with client.pipeline() as pipe:
            pipe.incr("shop.orders", 5)
            pipe.decr("shop.refunds")
        """;

    private readonly TempFolder _folder = new();
    private readonly List<IAsyncDisposable> _servers = [];
    private NginxServer? _nginx;
    private ApacheServer? _apache;
    private HaProxyServer? _haproxy;
    private RedisServer? _redis;
    private MemcachedServer? _memcached;
    private readonly int _statsd = FreePort.NextUdp();

    /// <summary>The adapter that reads them all.</summary>
    public SidecarProcess Adapter { get; private set; } = null!;

    public static async Task<RealApplications> StartAsync()
    {
        var all = new RealApplications();
        all._servers.Add(all._nginx = await NginxServer.StartAsync(new NginxSettings { LogFormat = Format }));
        all._servers.Add(all._apache = await ApacheServer.StartAsync());
        all._servers.Add(all._haproxy = await HaProxyServer.StartAsync(all._apache.Port));
        all._servers.Add(all._redis = await RedisServer.StartAsync());
        all._servers.Add(all._memcached = await MemcachedServer.StartAsync());
        all.Adapter = await all.StartAdapterAsync();
        all._servers.Add(all.Adapter);
        return all;
    }

    /// <summary>What a page of Apache's or PHP-FPM's says now behind a key.</summary>
    public async Task<double> AskAsync(string page, string key)
    {
        using var client = new HttpClient { BaseAddress = _apache!.Url };
        var line = (await client.GetStringAsync(new Uri(page, UriKind.Relative))).Split('\n').Single(line => line.StartsWith(key + ":", StringComparison.Ordinal));
        return double.Parse(line[(key.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Asks every application for what the tests then look for.</summary>
    public async Task UseAsync()
    {
        using var web = new HttpClient { BaseAddress = _nginx!.Url };
        using var proxy = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_haproxy!.Port}/") };
        for (var i = 0; i < Requests; i++)
        {
            await web.GetAsync(new Uri(i % 4 == 0 ? "status/503" : "", UriKind.Relative));
            await proxy.GetAsync(new Uri(i % 2 == 0 ? "nothing-here" : "fpm-status", UriKind.Relative));
        }

        Assert.Equal("+OK\r\n$1\r\n1\r\n$-1\r\n+OK\r\n", await TalkAsync(_redis!.Port, "SET a 1\r\nGET a\r\nGET b\r\nQUIT\r\n"));
        Assert.Equal("STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\nEND\r\n", await TalkAsync(_memcached!.Port, "set a 0 0 1\r\n1\r\nget a\r\nget b\r\nquit\r\n"));
        await ServerProcess.RunAsync("/usr/bin/python3", "-c", StatsdClient, $"{_statsd}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<SidecarProcess> StartAdapterAsync()
    {
        var port = FreePort.Next();

        // a preset that is not here has no real application: then this says so
        var inputs = Enum.GetValues<InputPreset>().Select(preset => $"  {preset}: {{ preset: {JsonSerializer.Serialize(preset)}, {SourceOf(preset)}, timeout: 30s }}");
        var file = _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            nginx: { status: "{{_nginx!.StatusUrl}}", access_log: {{_nginx.AccessLog}}, log_format: '{{Format}}' }
            statsd:
              udp: 127.0.0.1:{{_statsd}}
              mappings:
                - { match: shop.took, name: shop_took_seconds }
                - { match: shop.stock, name: shop_stock }
                - { match: shop.users, name: shop_users }
                - { match: "shop.*", name: "shop_${1}_total" }
            inputs:
            {{string.Join('\n', inputs)}}
            """);
        var adapter = SidecarProcess.Start("adapter", port, ["--config", file]);
        await adapter.WaitReadyAsync();
        return adapter;
    }

    private string SourceOf(InputPreset preset) => preset switch
    {
        InputPreset.Apache => $"http: \"{_apache!.Url}server-status?auto\"",
        InputPreset.PhpFpm => $"http: \"{_apache!.Url}fpm-status\"",
        InputPreset.HaProxy => $"http: \"http://127.0.0.1:{_haproxy!.StatsPort}/stats;csv\"",
        InputPreset.Redis => $"redis: \"127.0.0.1:{_redis!.Port}\"",
        InputPreset.Memcached => $"memcached: \"127.0.0.1:{_memcached!.Port}\"",

        // as OpenJDK 17 wrote it with -Xlog:gc -XX:+UseG1GC -Xmx32m
        InputPreset.JavaGc => $"tail: {Repository.PathOf("tests", "Sidecars.Adapter.Tests", "Fixtures", "java-gc-g1.log")}",
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "there is no real application for it here"),
    };

    private static async Task<string> TalkAsync(int port, string commands)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(commands));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
