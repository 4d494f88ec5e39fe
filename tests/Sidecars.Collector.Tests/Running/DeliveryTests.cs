using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>The real process, real files, numbered lines.</summary>
public sealed class DeliveryTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RunningCollector _collector;

    public DeliveryTests()
    {
        _folder.Folder("logs");
        _collector = new RunningCollector(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Last_line_without_newline_is_delivered_at_SIGTERM_and_every_byte_accounted_for()
    {
        _folder.Write("logs/a.log", "1\n2\n");
        await _collector.StartAsync();
        await Eventually.Equal(2, () => _collector.Delivered.Length);
        File.AppendAllText(_folder["logs/a.log"], "3, no newline");
        _folder.Write("logs/b.log", "4\n");
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(["1", "2", "3, no newline", "4"], _collector.Delivered.Order(StringComparer.Ordinal));
        Assert.Equal(["1", "2", "3, no newline", "4"], _collector.Process.Output.Split('\n')[..^1].Order(StringComparer.Ordinal));
        var last = _collector.Process.Error.TrimEnd().Split('\n')[^1];
        Assert.Contains("stdout: 19 bytes = 19 delivered (4 lines) + 0 undelivered; file: 19 bytes = 19 delivered (4 lines) + 0 undelivered", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_goes_on_where_each_output_was()
    {
        _folder.Write("logs/a.log", "1\n2\n");
        await _collector.StartAsync();
        await Eventually.Equal(2, () => _collector.Delivered.Length);
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        File.AppendAllText(_folder["logs/a.log"], "3\n");
        await _collector.StartAsync();
        await Eventually.Equal(3, () => _collector.Delivered.Length);
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(["1", "2", "3"], _collector.Delivered);
        Assert.Equal("3\n", _collector.Process.Output);
    }

    [Fact]
    public async Task Kill_9_again_and_again_loses_nothing_and_repeats_at_most_a_batch()
    {
        const int kills = 4;
        using var writing = new CancellationTokenSource();
        var writer = Task.Run(() => Writer.WriteAsync(_folder["logs/a.log"], writing.Token));
        for (var i = 0; i < kills; i++)
        {
            var before = _collector.Delivered.Length;
            await _collector.StartAsync();
            await Eventually.True(() => _collector.Delivered.Length > before);
            await _collector.KillAsync();
        }

        await writing.CancelAsync();
        var written = await writer;
        await _collector.StartAsync();
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        var delivered = _collector.Delivered;
        Assert.Empty(RunningCollector.Numbers(written).Except(delivered));
        var batch = 1024 * 1024 / 7;
        Assert.InRange(delivered.Length, written, written + (kills * (batch + 1)));
    }

    [Fact]
    public async Task Rotation_by_rename_under_load_with_late_writes_loses_and_repeats_nothing()
    {
        await _collector.StartAsync();
        var numbers = RunningCollector.Numbers(30_000);
        await Writer.WriteRotatingAsync(_folder["logs/access.log"], numbers, linesPerFile: 1000, lateLines: 50);
        await Eventually.True(() => _collector.Delivered.Length >= numbers.Length);
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(numbers, _collector.Delivered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rotation_while_stopped_is_found_by_identity_although_the_path_is_exact()
    {
        await using var collector = new RunningCollector(_folder) { Paths = "logs/access.log" };
        var path = _folder.Write("logs/access.log", "1\n2\n");
        await collector.StartAsync();
        await Eventually.Equal(2, () => collector.Delivered.Length);
        await collector.KillAsync();
        File.AppendAllText(path, "3\n");
        File.Move(path, path + ".1");
        File.WriteAllText(path, "4\n");
        await collector.StartAsync();
        await Eventually.Equal(4, () => collector.Delivered.Length);
        Assert.Equal(0, await collector.Process.TerminateAsync());
        Assert.Equal(["1", "2", "3", "4"], collector.Delivered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Truncation_in_place_starts_again()
    {
        var path = _folder.Write("logs/a.log", "old\n");
        await _collector.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            var before = _collector.Delivered.Length;
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                file.SetLength(0);
                file.Write(System.Text.Encoding.UTF8.GetBytes($"{i:000}\n"));
            }

            var expected = $"{i:000}";
            await Eventually.True(() => _collector.Delivered.LastOrDefault() == expected, state: () => $"{before} lines before");
        }

        Assert.Equal(21, _collector.Delivered.Length);
    }

    [Fact]
    public async Task State_that_cannot_be_written_is_said_with_the_remedy_and_delivery_goes_on()
    {
        _folder.Write("state", "a file where the folder should be");
        _folder.Write("logs/a.log", "1\n");
        await _collector.StartAsync();
        await Eventually.Equal(1, () => _collector.Delivered.Length);
        Assert.Contains("Mount an emptyDir", _collector.Process.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _collector.Process.MetricsAsync()).Value("sidecars_collector_state_persistent"));
        Assert.Equal(0, await _collector.Process.TerminateAsync());
    }

    [Fact]
    public async Task Output_file_on_a_full_disk_holds_up_nothing_and_gets_every_line_later()
    {
        File.CreateSymbolicLink(_folder["out.log"], "/dev/full");
        _folder.Write("logs/a.log", "1\n2\n");
        await _collector.StartAsync();
        await Eventually.Equal("1\n2\n", () => _collector.Process.Output);
        await Eventually.True(async () => (await _collector.Process.MetricsAsync())
            .Find("sidecars_collector_delivery_failures_total", ("output", "file"), ("reason", "full")) > 0);
        File.Delete(_folder["out.log"]);
        await Eventually.Equal(2, () => _collector.Delivered.Length);
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal("1\n2\n", _collector.Process.Output);
    }

    [Fact]
    public async Task Real_nginx_reopening_its_log_again_and_again_loses_and_repeats_nothing()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { AccessLog = _folder["logs/access.log"], LogFormat = "$arg_n" });
        await _collector.StartAsync();
        using var client = new HttpClient();
        const int rounds = 10;
        const int requests = 100;
        for (var round = 0; round < rounds; round++)
        {
            var from = round * requests;
            var sending = Parallel.ForEachAsync(Enumerable.Range(from, requests), async (n, stop) =>
                (await client.GetAsync(new Uri(nginx.Url, $"?n={n:000000}"), stop)).Dispose());
            await nginx.RotateAsync(_folder[$"logs/access.log.{round}"]);
            await sending;
        }

        await nginx.StopAsync();
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(RunningCollector.Numbers(rounds * requests), _collector.Delivered.Order(StringComparer.Ordinal));
    }
}
