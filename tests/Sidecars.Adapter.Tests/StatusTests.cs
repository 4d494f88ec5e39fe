using System.Text.Json;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests;

/// <summary>What the adapter shows of itself while it runs.</summary>
public sealed class StatusTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task log_shows_its_lines_rules_and_series_and_the_rule_that_never_matched()
    {
        _folder.Write("app.log", "GET 1\nPOST 2\n<script>alert(1)</script>\n");
        await using var adapter = await StartAsync(
            $$"""
            nginx: { status: off, access_log: off }
            inputs:
              app:
                tail: {{_folder["*.log"]}}
                format: '$method $size'
                metrics:
                  - { counter: app_requests_total, labels: [method], help: Requests. }
                  - { counter: app_bytes_total, value: size, help: Bytes. }
              other:
                tail: {{_folder["none.txt"]}}
                format: '$word'
                metrics: [ { counter: app_words_total, help: Words. } ]
            limits: { per_metric: 1 }
            """);

        var status = await Eventually.Value(adapter.StatusAsync, status => status.Row("logs", "input", "app").GetProperty("lines").GetInt64() == 3);

        var log = status.Row("logs", "input", "app");
        Assert.Equal((_folder["*.log"], 1, 0), (log.GetProperty("path").GetString(), log.GetProperty("unparsed_lines").GetInt64(), log.GetProperty("pending_bytes").GetInt64()));
        Assert.Equal("app_words_total", status.Rows("rules")[0].GetProperty("metric").GetString());
        Assert.Equal(("never matched", 0), (status.Rows("rules")[0].GetProperty("state").GetString(), status.Rows("rules")[0].GetProperty("applied").GetInt64()));
        Assert.Equal(("matches", 2), (status.Row("rules", "metric", "app_bytes_total").GetProperty("state").GetString(), status.Row("rules", "metric", "app_bytes_total").GetProperty("applied").GetInt64()));
        var series = status.Row("series", "metric", "app_requests_total");
        Assert.Equal(("over the limit", 1, 1), (series.GetProperty("state").GetString(), series.GetProperty("limit").GetInt64(), series.GetProperty("overflowed_samples").GetInt64()));
        var page = (await adapter.GetAsync("")).Body;
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"badge warning\">never matched</span>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task page_that_does_not_answer_is_shown_with_its_error_and_without_secrets()
    {
        var nobody = FreePort.Next();
        await using var adapter = await StartAsync(
            $$"""
            nginx: { status: off, access_log: off }
            inputs:
              queue:
                http: http://user:hunter2@127.0.0.1:{{nobody}}/status?token=hunter3
                format: 'Depth: $depth'
                metrics: [ { gauge: app_queue_depth, value: depth, help: Depth. } ]
            """);
        Assert.Equal("not asked yet", (await adapter.StatusAsync()).Row("pages", "input", "queue").GetProperty("state").GetString());

        await adapter.MetricsAsync();

        var status = await adapter.StatusAsync();
        var page = status.Row("pages", "input", "queue");
        Assert.Equal(("down", $"http://127.0.0.1:{nobody}/status"), (page.GetProperty("state").GetString(), page.GetProperty("address").GetString()));
        Assert.StartsWith("connect: ", page.GetProperty("last_error").GetString(), StringComparison.Ordinal);
        Assert.Equal((JsonValueKind.String, JsonValueKind.Number), (page.GetProperty("last_asked").ValueKind, page.GetProperty("duration_seconds").ValueKind));
        Assert.DoesNotContain("hunter", status.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", (await adapter.GetAsync("")).Body, StringComparison.Ordinal);
    }

    private async Task<SidecarProcess> StartAsync(string yaml)
    {
        var adapter = SidecarProcess.Start("adapter", _port, ["--config", _folder.Write("adapter.yaml", yaml), "--admin", $"127.0.0.1:{_port}"]);
        await adapter.WaitReadyAsync();
        return adapter;
    }
}
