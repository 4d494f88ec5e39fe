using System.Net.Sockets;
using System.Text;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

/// <summary>Each preset against the server that it is for, after traffic that is known.</summary>
public class RealServersTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ApachePhpFpmAndHaProxy_KnownTraffic_ValuesAreRightAndPromtoolIsContent()
    {
        const int Requests = 25;
        await using var apache = await ApacheServer.StartAsync();
        await using var haproxy = await HaProxyServer.StartAsync(apache.Port);
        using var folder = new TempFolder();
        await using var adapter = await StartAsync(folder, $$"""
              apache: { preset: apache, http: "{{apache.Url}}server-status?auto", timeout: 30s }
              php: { preset: php_fpm, http: "{{apache.Url}}fpm-status", timeout: 30s }
              haproxy: { preset: haproxy, http: "http://127.0.0.1:{{haproxy.StatsPort}}/stats;csv", timeout: 30s }
            """);
        var before = await adapter.MetricsAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{haproxy.Port}/") };
        for (var i = 0; i < Requests; i++)
        {
            Assert.Equal(System.Net.HttpStatusCode.NotFound, (await client.GetAsync(new Uri("nothing-here/none", UriKind.Relative))).StatusCode);
            Assert.True((await client.GetAsync(new Uri("fpm-status", UriKind.Relative))).IsSuccessStatusCode);
        }

        await Eventually.True(async () => (await adapter.MetricsAsync()).Value("apache_accesses_total") >= before.Value("apache_accesses_total") + (2 * Requests), Deadline);
        var text = (await adapter.GetAsync("metrics")).Body;
        var page = MetricsText.Parse(text);
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        foreach (var up in (string[])["apache_up", "phpfpm_up", "haproxy_up"])
        {
            Assert.Equal(1, page.Value(up));
        }

        Assert.True(page.Value("apache_workers_busy") >= 1);
        Assert.True(page.Value("phpfpm_accepted_connections_total", ("pool", "www")) >= Requests);
        Assert.Equal(1, page.Value("phpfpm_active_processes", ("pool", "www")));
        Assert.Equal(Requests, page.Value("haproxy_responses_4xx_total", ("proxy", "app"), ("name", "one")));
        Assert.Equal(Requests, page.Value("haproxy_responses_2xx_total", ("proxy", "app"), ("name", "BACKEND")));
        Assert.Equal(1, page.Value("haproxy_serving", ("proxy", "web"), ("name", "FRONTEND")));
        Assert.Equal(0, page.Sum("sidecars_adapter_values_unreadable_total"));
    }

    [Fact]
    public async Task RedisAndMemcached_KnownCommands_ValuesAreRightAndPromtoolIsContent()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var memcached = await MemcachedServer.StartAsync();
        using var folder = new TempFolder();
        await using var adapter = await StartAsync(folder, $$"""
              redis: { preset: redis, redis: "127.0.0.1:{{redis.Port}}", timeout: 30s }
              memcached: { preset: memcached, memcached: "127.0.0.1:{{memcached.Port}}", timeout: 30s }
            """);
        Assert.Equal("+OK\r\n$1\r\n1\r\n$-1\r\n+OK\r\n", await TalkAsync(redis.Port, "SET a 1\r\nGET a\r\nGET b\r\nQUIT\r\n"));
        Assert.Equal("STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\nEND\r\n", await TalkAsync(memcached.Port, "set a 0 0 1\r\n1\r\nget a\r\nget b\r\nquit\r\n"));

        var text = (await adapter.GetAsync("metrics")).Body;

        var page = MetricsText.Parse(text);
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        Assert.Equal(1, page.Value("redis_up"));
        Assert.Equal(1, page.Value("redis_keyspace_hits_total"));
        Assert.Equal(1, page.Value("redis_keyspace_misses_total"));
        Assert.True(page.Value("redis_memory_used_bytes") > 0);
        Assert.Equal(1, page.Value("memcached_up"));
        Assert.Equal(1, page.Value("memcached_items"));
        Assert.Equal(1, page.Value("memcached_set_commands_total"));
        Assert.Equal(1, page.Value("memcached_get_hits_total"));
        Assert.Equal(1, page.Value("memcached_get_misses_total"));
        Assert.Equal(0, page.Sum("sidecars_adapter_values_unreadable_total"));
    }

    private static async Task<SidecarProcess> StartAsync(TempFolder folder, string inputs)
    {
        var port = FreePort.Next();
        var file = folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            inputs:
            {{inputs}}
            """);
        var adapter = SidecarProcess.Start("adapter", port, ["--config", file]);
        await adapter.WaitReadyAsync();
        return adapter;
    }

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
