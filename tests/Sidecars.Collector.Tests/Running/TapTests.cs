using System.Globalization;
using System.Net;
using System.Text.Json;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>What the real process shows on its tap.</summary>
public sealed class TapTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task shows_records_as_their_steps_left_them_also_where_the_output_takes_lines_as_they_are()
    {
        await using var collector = await StartAsync("parse: json, steps: [{ drop: level < info }, { redact: email }]");
        using var tap = await ListenAsync("where=" + Uri.EscapeDataString("level >= error") + "&n=1");
        File.AppendAllText(_folder["app.log"], """
            {"level":"debug","m":"dropped"}
            {"level":"info","m":"not asked for"}
            {"level":"error","m":"mail to jane@mail.example"}

            """);

        using var record = JsonDocument.Parse(await LineAsync(tap) ?? "");
        Assert.Equal("mail to [redacted]", record.RootElement.GetProperty("m").GetString());
        Assert.Equal(_folder["app.log"], record.RootElement.GetProperty("file").GetString());
        Assert.Null(await LineAsync(tap));
    }

    [Fact]
    public async Task command_shows_so_many_and_ends()
    {
        await using var collector = await StartAsync("parse: json");
        await using var command = SidecarProcess.Start("collector", 0, ["tap", "--config", _folder["collector.yaml"], "--output", "first", "--where", "status >= 500", "-n", "1"]);
        await Eventually.True(() =>
        {
            File.AppendAllText(_folder["app.log"], "{\"status\":200}\n{\"status\":503}\n");
            return command.Output.Contains('\n', StringComparison.Ordinal);
        });

        Assert.Equal(0, await command.WaitForExitAsync());
        Assert.EndsWith("\"status\":503}\n", command.Output, StringComparison.Ordinal);
        Assert.Single(command.Output.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("--where", "status >>= 5", 2, "where: at character 9")]
    [InlineData("--output", "third", 2, "there is no output 'third'; there is: first")]
    public async Task command_says_what_is_wrong(string option, string value, int exitCode, string reason)
    {
        await using var collector = await StartAsync("parse: json");

        var (code, output, error) = await SidecarProcess.RunAsync("collector", ["tap", "--config", _folder["collector.yaml"], option, value]);

        Assert.Equal((exitCode, ""), (code, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task tap_ends_with_the_process_and_does_not_hold_it_up()
    {
        await using var collector = await StartAsync("parse: json");
        using var tap = await ListenAsync("");

        Assert.Equal(0, await collector.TerminateAsync());

        Assert.Null(await LineAsync(tap));
    }

    [Fact]
    public async Task reader_that_does_not_read_holds_nothing_up_and_is_told_what_it_missed()
    {
        const int Lines = 120_000;
        await using var collector = await StartAsync("parse: raw");
        using var tap = await ListenAsync("");
        File.WriteAllLines(_folder["app.log"], Enumerable.Repeat(new string('x', 200), Lines));

        await Eventually.True(async () => (await collector.MetricsAsync()).Value("sidecars_collector_delivered_lines_total", ("output", "first")) == Lines, Deadline);
        var (shown, missed) = (0L, 0L);
        while (shown + missed < Lines && await LineAsync(tap) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var isNote = json.RootElement.TryGetProperty("tap", out var note);
            shown += isNote ? 0 : 1;
            missed += isNote ? note.GetProperty("missed").GetInt64() : 0;
        }

        Assert.Equal(Lines, shown + missed);
        Assert.True(missed > 0, "everything fitted into the buffers between");
    }

    private async Task<SidecarProcess> StartAsync(string input)
    {
        _folder.Write("app.log", "");
        _folder.Write("collector.yaml", $$"""
            inputs: [{ paths: ['{{_folder["app.log"]}}'], {{input}} }]
            outputs: [{ name: first, file: { path: '{{_folder["out.log"]}}' } }]
            state: { directory: '{{_folder["state"]}}' }
            admin: { listen: '127.0.0.1:{{_port.ToString(CultureInfo.InvariantCulture)}}' }
            """);
        var process = SidecarProcess.Start("collector", _port, ["--config", _folder["collector.yaml"]]);
        await process.WaitReadyAsync();
        return process;
    }

    /// <summary>Begins to listen; when this returns, the collector knows.</summary>
    private async Task<StreamReader> ListenAsync(string query)
    {
        using var client = new HttpClient { Timeout = Deadline };
        var response = await client.GetAsync(new Uri($"http://127.0.0.1:{_port}/tap?{query}"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<string?> LineAsync(StreamReader tap)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return await tap.ReadLineAsync(deadline.Token);
    }
}
