using System.Text;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Exposition;

public class RealPrometheusTests
{
    [Fact]
    public async Task NginxPreset_RealTraffic_PromtoolIsContentAndPrometheusReadsTheCounts()
    {
        const string Format = "$remote_addr \"$request\" $status $body_bytes_sent $request_time $upstream_response_time";
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { LogFormat = Format });
        await using var adapter = await AdapterProcessTests.StartAsync(nginx.AccessLog, Format, nginx.StatusUrl.AbsoluteUri);
        using var client = new HttpClient { BaseAddress = nginx.Url };
        for (var i = 0; i < 30; i++)
        {
            await client.GetAsync(i % 3 == 0 ? "status/404" : "");
        }

        await using var prometheus = await PrometheusServer.StartAsync(adapter.AdminUrl);

        Assert.Equal("", await PrometheusServer.CheckAsync((await adapter.GetAsync("metrics")).Body));
        await Eventually.True(async () => await prometheus.QueryAsync("nginx_http_requests_total{method='GET',status='404'}") == 10, TimeSpan.FromSeconds(30));
        Assert.Equal(20, await prometheus.QueryAsync("nginx_http_request_duration_seconds_count{status='200'}"));
        Assert.Equal(1, await prometheus.QueryAsync("nginx_up"));
        Assert.Equal(1, await prometheus.QueryAsync("up"));
        Assert.Equal("", await prometheus.ScrapeErrorAsync());
    }

    [Fact]
    public async Task HostileLabelValues_PrometheusReadsThePage()
    {
        using var folder = new TempFolder();
        var lines = new MemoryStream();
        var random = new Random(13);
        var garbage = new byte[80];
        for (var i = 0; i < 500; i++)
        {
            random.NextBytes(garbage);
            garbage.AsSpan().Replace((byte)'\n', (byte)'\\');
            garbage.AsSpan().Replace((byte)'\r', (byte)'"');
            lines.Write(garbage);
            lines.WriteByte((byte)'\n');
        }

        lines.Write(Encoding.UTF8.GetBytes("\"} 1 # {\n\\n\\\"\n\\x00\n"));
        await File.WriteAllBytesAsync(folder["x.log"], lines.ToArray());
        var port = FreePort.Next();
        var file = folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            inputs:
              x: { tail: {{folder["x.log"]}}, format: $all, metrics: [ { counter: all_total, labels: [all] } ] }
            """);
        await using var adapter = SidecarProcess.Start("adapter", port, ["--config", file]);
        await adapter.WaitReadyAsync();
        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("all_total") == 503);

        await using var prometheus = await PrometheusServer.StartAsync(adapter.AdminUrl);

        await Eventually.True(async () => await prometheus.QueryAsync("sum(all_total)") == 503, TimeSpan.FromSeconds(30));
        Assert.Equal("", await PrometheusServer.CheckAsync((await adapter.GetAsync("metrics")).Body));
    }
}
