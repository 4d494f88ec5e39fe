using System.Text.Json;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>What the collector shows of itself while it runs.</summary>
public sealed class StatusTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task delivered_lines_and_the_files_they_came_from_are_shown()
    {
        _folder.Write("logs/a.log", "1\n2\n3\n");
        await using var collector = new RunningCollector(_folder);
        await collector.StartAsync();

        var status = await Eventually.Value(
            () => collector.Process.StatusAsync(),
            status => status.Rows("outputs").All(row => row.GetProperty("delivered_lines").GetInt64() == 3 && row.GetProperty("pending_bytes").GetInt64() == 0));

        Assert.Equal(["file", "stdout"], status.Rows("outputs").Select(row => row.GetProperty("output").GetString()).Order());
        Assert.All(status.Rows("outputs"), row => Assert.Equal(("up to date", 0, 0), (row.GetProperty("state").GetString(), row.GetProperty("pending_bytes").GetInt64(), row.GetProperty("failed_tries").GetInt64())));
        Assert.All(status.Rows("account"), row => Assert.Equal((6, 6, 0), (row.GetProperty("read_bytes").GetInt64(), row.GetProperty("delivered_bytes").GetInt64(), row.GetProperty("difference_bytes").GetInt64())));
        var file = Assert.Single(status.Rows("files"));
        Assert.Equal(
            (_folder["logs/a.log"], "active", 6, 6, 0, 0, 3),
            (file.GetProperty("path").GetString(), file.GetProperty("state").GetString(), file.GetProperty("size_bytes").GetInt64(), file.GetProperty("done_bytes").GetInt64(), file.GetProperty("lag_bytes").GetInt64(), file.GetProperty("lag_seconds").GetDouble(), file.GetProperty("lines").GetInt64()));
        var volume = Assert.Single(status.Rows("volume"));
        Assert.Equal(("never", "ok", "on disk"), (volume.GetProperty("reclaim").GetString(), volume.GetProperty("state").GetString(), volume.GetProperty("cursors").GetString()));
    }

    [Fact]
    public async Task receiver_that_is_not_there_is_shown_with_its_error_and_what_waits_for_it()
    {
        var port = FreePort.Next();
        _folder.Write("logs/a.log", "1\n2\n3\n");
        await using var collector = new RunningCollector(_folder) { Configuration = $"outputs: [ {{ name: away, http: {{ url: 'http://127.0.0.1:{port}/in' }} }} ]" };
        await collector.StartAsync();

        var status = await Eventually.Value(
            () => collector.Process.StatusAsync(),
            status => status.Row("outputs", "output", "away").GetProperty("state").GetString() == "retrying"
                && status.Rows("problems").Any(row => row.GetProperty("message").GetString()!.Contains("away", StringComparison.Ordinal)));

        var away = status.Row("outputs", "output", "away");
        Assert.Equal(6, away.GetProperty("pending_bytes").GetInt64());
        Assert.True(away.GetProperty("failed_tries").GetInt64() >= 1);
        Assert.Contains($"http://127.0.0.1:{port}/in: ", away.GetProperty("last_error").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.String, away.GetProperty("last_error_time").ValueKind);
        Assert.Equal(JsonValueKind.String, away.GetProperty("since").ValueKind);
        Assert.Equal(6, Assert.Single(status.Rows("files")).GetProperty("lag_bytes").GetInt64());
        Assert.Contains("<span class=\"badge bad\">retrying</span>", await PageAsync(collector), StringComparison.Ordinal);
    }

    [Fact]
    public async Task name_of_a_file_is_text_on_the_page_whatever_it_is()
    {
        _folder.Write("logs/<img src=x onerror=alert(1)>\".log", "1\n");
        await using var collector = new RunningCollector(_folder);
        await collector.StartAsync();

        var page = await PageAsync(collector);

        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;&quot;.log", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(RunningCollector collector) => (await collector.Process.GetAsync("")).Body;
}
