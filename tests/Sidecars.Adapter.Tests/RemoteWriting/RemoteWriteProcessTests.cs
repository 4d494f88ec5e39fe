using System.Text;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Adapter.Tests.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.RemoteWriting;

/// <summary>A running adapter that pushes to a real Prometheus.</summary>
public sealed class RemoteWriteProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Job_EndsBeforeAnyScrape_PrometheusHasItsLastFigures()
    {
        await using var prometheus = await PrometheusServer.StartReceiverAsync();
        await using var adapter = Start(prometheus.WriteUrl, "1h");
        await adapter.WaitReadyAsync();
        await File.AppendAllTextAsync(_folder["app.log"], "b 2.5\nb 0.05\nc\"\\\u00e9 1");

        Assert.Equal(0, await adapter.TerminateAsync());

        Assert.Equal(3, await prometheus.QueryAsync("app_lines_total{job=\"nightly\",who=\"b\"}"));
        Assert.Equal(1, await prometheus.QueryAsync("app_lines_total{who=\"c\\\"\\\\\u00e9\"}"));
        Assert.Equal(1, await prometheus.QueryAsync("app_took_seconds_bucket{le=\"0.1\"}"));
        Assert.Equal(5, await prometheus.QueryAsync("app_took_seconds_count"));
        Assert.Equal(4.55, await prometheus.QueryAsync("app_took_seconds_sum"), 6);
        Assert.True(await prometheus.QueryAsync("process_start_time_seconds{job=\"nightly\"}") > 0);
    }

    [Fact]
    public async Task Interval_FiguresChange_PrometheusFollows()
    {
        await using var prometheus = await PrometheusServer.StartReceiverAsync();
        await using var adapter = Start(prometheus.WriteUrl, "1s");
        await adapter.WaitReadyAsync();
        await Eventually.True(async () => await prometheus.QueryAsync("app_lines_total{who=\"b\"}") == 1, TimeSpan.FromSeconds(60));

        await File.AppendAllTextAsync(_folder["app.log"], "b 1\n");

        await Eventually.True(async () => await prometheus.QueryAsync("app_lines_total{who=\"b\"}") == 2, TimeSpan.FromSeconds(60));
        await Eventually.True(async () => (await adapter.MetricsAsync()).Value("sidecars_adapter_remote_write_samples_total") > 0, TimeSpan.FromSeconds(60));
        Assert.Equal(0, await adapter.TerminateAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "status")]
    [InlineData("HTTP/1.1 400 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "rejected")]
    public async Task Receiver_DoesNotTakeIt_CountedByReasonAndThePageStands(string answer, string reason)
    {
        using var server = new MisbehavingServer(Encoding.ASCII.GetBytes(answer));
        await using var adapter = Start(new Uri(server.Url), "1s");
        await adapter.WaitReadyAsync();

        await Eventually.True(
            async () => (await adapter.MetricsAsync()).Sum("sidecars_adapter_remote_write_failures_total", ("reason", reason)) > 0, TimeSpan.FromSeconds(60));

        Assert.Equal(1, (await adapter.MetricsAsync()).Value("app_lines_total", ("who", "b")));
    }

    [Theory]
    [InlineData("""{ "url": "prometheus:9090" }""", "write http://host:port/path")]
    [InlineData("""{ "url": "http://p/", "labels": { "__name__": "x" } }""", "not a label's name")]
    public void Validate_Mistake_Remedy(string options, string message) =>
        Assert.Contains(message, RulesTests.Problems($$"""{ "remote_write": {{options}} }"""), StringComparison.Ordinal);

    private SidecarProcess Start(Uri receiver, string interval)
    {
        _folder.Write("app.log", "a 0.5\nb 0.5\n");
        return SidecarProcess.Start("adapter", _port, ["--config", _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{_port}}" }
            state: { off: true }
            remote_write: { url: "{{receiver}}", interval: {{interval}}, labels: { job: nightly } }
            inputs:
              app:
                tail: {{_folder["app.log"]}}
                format: '$who $took'
                metrics:
                  - { counter: app_lines_total, labels: [who] }
                  - { histogram: app_took_seconds, value: took, buckets: [.1, 1] }
            """)]);
    }
}
