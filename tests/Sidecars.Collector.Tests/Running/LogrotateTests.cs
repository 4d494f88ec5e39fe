using System.Globalization;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>logrotate from Debian, run for real beside the real process.</summary>
public sealed class LogrotateTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Rename_and_create_with_nginx_reopening_by_USR1_loses_and_repeats_nothing()
    {
        _folder.Folder("logs");
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { AccessLog = _folder["logs/access.log"], LogFormat = "$arg_n" });
        await using var collector = new RunningCollector(_folder) { Paths = "logs/access.log" };
        await collector.StartAsync();
        using var client = new HttpClient();
        const int rounds = 5;
        const int requests = 200;
        for (var round = 0; round < rounds; round++)
        {
            var from = round * requests;
            var sending = Parallel.ForEachAsync(Enumerable.Range(from, requests), async (n, stop) =>
                (await client.GetAsync(new Uri(nginx.Url, $"?n={n:000000}"), stop)).Dispose());
            await RotateAsync($"create 0644\npostrotate\nkill -USR1 {nginx.ProcessId.ToString(CultureInfo.InvariantCulture)}\nendscript");
            await sending;
        }

        await nginx.StopAsync();
        Assert.Equal(0, await collector.Process.TerminateAsync());
        Assert.Equal(RunningCollector.Numbers(rounds * requests), collector.Delivered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Copytruncate_loses_and_repeats_nothing_that_was_written_before_and_after()
    {
        await using var collector = new RunningCollector(_folder) { Paths = "logs/access.log" };
        var path = _folder.Write("logs/access.log", "");
        await collector.StartAsync();
        const int rounds = 10;
        const int lines = 1000;
        for (var round = 0; round < rounds; round++)
        {
            File.AppendAllText(path, string.Concat(Enumerable.Range(round * lines, lines).Select(n => $"{n:000000}\n")));
            var expected = (round + 1) * lines;
            await Eventually.True(() => collector.Delivered.Length >= expected, Deadline, () => $"{collector.Delivered.Length} lines");
            await RotateAsync("copytruncate");
        }

        Assert.Equal(0, await collector.Process.TerminateAsync());
        Assert.Equal(RunningCollector.Numbers(rounds * lines), collector.Delivered);
    }

    private Task RotateAsync(string how)
    {
        var configuration = _folder.Write("logrotate.conf", $"{_folder["logs/access.log"]} {{\nrotate 20\n{how}\n}}\n");
        return ServerProcess.RunAsync("logrotate", "--force", "--state", _folder["logrotate.state"], configuration);
    }
}
