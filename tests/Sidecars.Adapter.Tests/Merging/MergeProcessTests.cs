using Sidecars.Adapter.Tests.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Merging;

/// <summary>A running adapter that merges the page of another one, which stands for any sibling, beside one that hangs and one that is broken.</summary>
public class MergeProcessTests
{
    [Fact]
    public async Task Siblings_OneIsRightOthersAreNot_PageHasWhatIsRight()
    {
        using var folder = new TempFolder();
        var sibling = FreePort.Next();
        await using var other = SidecarProcess.Start("adapter", sibling, ["--config", folder.Write("other.yaml", $$"""
            admin: { listen: "127.0.0.1:{{sibling}}" }
            inputs: { app: { tail: {{folder.Write("app.log", "a\nb\n")}}, format: $all, metrics: [ { counter: app_lines_total, labels: [all] } ] } }
            """)]);
        await other.WaitReadyAsync();
        using var hung = new MisbehavingServer([], forEver: true);
        var port = FreePort.Next();
        await using var adapter = SidecarProcess.Start("adapter", port, ["--config", folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            prometheus:
              right: { url: "http://127.0.0.1:{{sibling}}/metrics", timeout: 10s, labels: { from: other } }
              again: { url: "http://127.0.0.1:{{sibling}}/metrics", timeout: 10s, keep: ["process_*"], prefix: other_ }
              hung: { url: "{{hung.Url}}", timeout: 100ms }
            """)]);
        await adapter.WaitReadyAsync();

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("app_lines_total", ("from", "other")) == 2, TimeSpan.FromSeconds(60));

        var text = (await adapter.GetAsync("metrics")).Body;
        var page = MetricsText.Parse(text);
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        Assert.Equal(1, page.Value("app_lines_total", ("all", "a"), ("from", "other")));
        Assert.NotNull(page.Find("other_process_start_time_seconds"));
        Assert.Equal(0, page.Value("sidecars_adapter_page_up", ("input", "hung")));
        Assert.Equal(1, page.Value("sidecars_adapter_page_up", ("input", "right")));
        Assert.True(page.Value("sidecars_adapter_merge_dropped_total", ("input", "right"), ("reason", "conflict")) > 0);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Add("Accept", "application/openmetrics-text; version=1.0.0");
        await OpenMetricsParser.ParseAsync(await client.GetStringAsync(new Uri(adapter.AdminUrl, "metrics")));
        Assert.Equal(0, await adapter.TerminateAsync());
    }
}
