using System.Text.Json;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>Stack traces through the real process.</summary>
public sealed class MultilineTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task records_are_whole_over_many_blocks_and_the_last_one_comes_at_shutdown()
    {
        const int count = 300;
        var traces = Enumerable.Range(0, count).Select(i => Trace(i, 5 + (i % 7))).ToArray();
        _folder.Write("app.log", string.Concat(traces));
        await using var process = await StartAsync("5m");
        await Eventually.Equal(count - 1, () => Records().Length);
        Assert.Equal(0, await process.TerminateAsync());
        Assert.Equal(traces.Select(trace => trace.TrimEnd('\n')), Records());
        Assert.Contains($"({traces.Sum(trace => trace.Count(c => c == '\n'))} lines) + 0 undelivered", process.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task last_record_comes_when_its_time_is_up()
    {
        _folder.Write("app.log", Trace(1, 3));
        await using var process = await StartAsync("50ms");
        await Eventually.Equal(1, () => Records().Length);
        File.AppendAllText(_folder["app.log"], Trace(2, 3));
        await Eventually.Equal(2, () => Records().Length);
        Assert.Equal([Trace(1, 3).TrimEnd('\n'), Trace(2, 3).TrimEnd('\n')], Records());
    }

    [Fact]
    public async Task last_record_of_a_rotated_file_comes_when_the_file_is_closed()
    {
        _folder.Write("app.log", "first\n" + Trace(1, 3));
        await using var process = await StartAsync("5m");
        await Eventually.Equal(1, () => Records().Length);
        File.AppendAllText(_folder["app.log"], "\tat late.Frame\n");
        File.Move(_folder["app.log"], _folder["app.log.1"]);
        _folder.Write("app.log", Trace(2, 1) + "end\n");
        await Eventually.Equal(3, () => Records().Length);
        Assert.Equal(0, await process.TerminateAsync());
        Assert.Equal(
            ["end", "first", Trace(1, 3) + "\tat late.Frame", Trace(2, 1).TrimEnd('\n')],
            Records().Order(StringComparer.Ordinal));
    }

    private static string Trace(int number, int frames) =>
        $"java.lang.IllegalStateException: {number}\n" + string.Concat(Enumerable.Range(0, frames).Select(frame => $"\tat shop.Cart.add{frame}(Cart.java:{number})\n"));

    private async Task<SidecarProcess> StartAsync(string timeout)
    {
        var port = FreePort.Next();
        var configuration = _folder.Write("collector.yaml", $$"""
            inputs:
              - paths: ['{{_folder["app.log"]}}']
                multiline: { preset: java, timeout: {{timeout}} }
            outputs:
              - file: { path: '{{_folder["out.json"]}}', encoding: json }
            follow: { line_limit: 4KiB, rotated_grace: 1s }
            state: { directory: '{{_folder["state"]}}' }
            admin: { listen: '127.0.0.1:{{port}}' }
            """);
        var process = SidecarProcess.Start("collector", port, ["--config", configuration]);
        await process.WaitReadyAsync();
        return process;
    }

    private string[] Records() => File.Exists(_folder["out.json"])
        ? [.. File.ReadAllText(_folder["out.json"]).Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("line").GetString()!)]
        : [];
}
