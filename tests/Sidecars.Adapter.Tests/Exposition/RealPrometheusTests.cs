using System.Text;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Exposition;

public class RealPrometheusTests(SharedPrometheus prometheus)
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

        using var target = (await prometheus.ServerAsync()).Scrape(adapter.AdminUrl);

        Assert.Equal("", await PrometheusServer.CheckAsync((await adapter.GetAsync("metrics")).Body));
        await target.WaitSumAsync(10, "nginx_http_requests_total", ("method", "GET"), ("status", "404"));
        await target.WaitSumAsync(20, "nginx_http_request_duration_seconds_count", ("status", "200"));
        await target.WaitSumAsync(1, "nginx_up");
        await target.WaitSumAsync(1, "up");
        await target.WaitScrapedAsync();
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

        using var target = (await prometheus.ServerAsync()).Scrape(adapter.AdminUrl);

        await target.WaitSumAsync(503, "all_total");
        Assert.Equal("", await PrometheusServer.CheckAsync((await adapter.GetAsync("metrics")).Body));
    }

    [Fact]
    public async Task TraceIdsInTheLog_ApiTellsThemAsExemplars()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        using var folder = new TempFolder();
        var log = folder.Write("app.log", $"GET 0.25 {Trace}\nGET 0.25 {new string('x', 200)}\nPUT 0.25 -\n");
        var port = FreePort.Next();
        var file = folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            inputs:
              app:
                tail: {{log}}
                format: $method $took $trace
                metrics:
                  - { counter: calls_total, labels: [method], exemplar: { trace_id: trace } }
                  - { histogram: call_duration_seconds, value: took, buckets: [.1, 1], exemplar: { trace_id: trace } }
            """);
        await using var adapter = SidecarProcess.Start("adapter", port, ["--config", file]);
        await adapter.WaitReadyAsync();
        using var target = (await prometheus.ServerAsync()).Scrape(adapter.AdminUrl);

        var ofCounter = Assert.Single(await target.WaitExemplarsAsync("calls_total"));
        var ofBucket = Assert.Single(await target.WaitExemplarsAsync("call_duration_seconds_bucket", ("le", "1.0")));

        Assert.Equal(Trace, ofCounter["trace_id"]);
        Assert.Equal(Trace, ofBucket["trace_id"]);
        await target.WaitSumAsync(2, "calls_total", ("method", "GET"));
    }
}
