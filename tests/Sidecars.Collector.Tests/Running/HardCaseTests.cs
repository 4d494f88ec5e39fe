using System.Globalization;
using System.Text;
using System.Text.Json;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>Cases in which lines are commonly lost: the real process, real files, every line compared.</summary>
public sealed class HardCaseTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly RunningCollector _collector;

    public HardCaseTests()
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
    public async Task Many_rotations_between_two_looks_at_an_exact_path_lose_nothing()
    {
        await using var collector = new RunningCollector(_folder) { Paths = "logs/access.log" };
        var path = _folder.Write("logs/access.log", Lines("a", 10));
        await collector.StartAsync();
        await Eventually.Equal(10, () => collector.Delivered.Length, Deadline);
        collector.WhileItStandsStill(() =>
        {
            for (var rotation = 0; rotation < 5; rotation++)
            {
                for (var older = rotation; older > 0; older--)
                {
                    File.Move($"{path}.{older}", $"{path}.{older + 1}");
                }

                File.AppendAllText(path, Lines($"late{rotation}-", 10));
                File.Move(path, path + ".1");
                File.WriteAllText(path, Lines($"new{rotation}-", 10));
            }
        });
        await Eventually.True(() => collector.Delivered.Length >= 110, Deadline, () => $"{collector.Delivered.Length} lines");
        Assert.Equal(0, await collector.Process.TerminateAsync());
        Assert.Equal(110, collector.Delivered.Length);
        Assert.Equal(110, collector.Delivered.Distinct().Count());
    }

    [Fact]
    public async Task Link_that_is_swapped_gives_the_rest_of_the_old_file_and_all_of_the_new()
    {
        await using var collector = new RunningCollector(_folder) { Paths = "logs/current.log" };
        _folder.Write("files/a.log", Lines("a", 10));
        _folder.Write("files/b.log", Lines("b", 10));
        File.CreateSymbolicLink(_folder["logs/current.log"], _folder["files/a.log"]);
        await collector.StartAsync();
        await Eventually.Equal(10, () => collector.Delivered.Length, Deadline);
        collector.WhileItStandsStill(() =>
        {
            File.AppendAllText(_folder["files/a.log"], Lines("rest", 500));
            File.CreateSymbolicLink(_folder["logs/next.link"], _folder["files/b.log"]);
            File.Move(_folder["logs/next.link"], _folder["logs/current.log"], overwrite: true);
        });
        await Eventually.True(() => collector.Delivered.Length >= 520, Deadline, () => $"{collector.Delivered.Length} lines");
        Assert.Equal(0, await collector.Process.TerminateAsync());
        Assert.Equal(Expected(("a", 10), ("b", 10), ("rest", 500)), Sorted(collector.Delivered));
    }

    [Fact]
    public async Task File_deleted_with_a_backlog_is_delivered_to_its_end()
    {
        var path = _folder.Write("logs/a.log", Lines("a", 10));
        await _collector.StartAsync();
        await Eventually.Equal(10, () => _collector.Delivered.Length, Deadline);
        _collector.WhileItStandsStill(() =>
        {
            File.AppendAllText(path, Lines("backlog", 30_000));
            File.Delete(path);
            File.WriteAllText(path, Lines("new", 10));
        });
        await Eventually.True(() => _collector.Delivered.Length >= 30_020, Deadline, () => $"{_collector.Delivered.Length} lines");
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(Expected(("a", 10), ("backlog", 30_000), ("new", 10)), Sorted(_collector.Delivered));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reused_inode_is_another_file_even_with_lines_of_equal_length(bool isStopped)
    {
        var path = _folder.Write("logs/a.log", Lines("a", 100));
        await _collector.StartAsync();
        await Eventually.Equal(100, () => _collector.Delivered.Length, Deadline);
        await MeanwhileAsync(isStopped, () =>
        {
            File.Delete(path);
            File.WriteAllText(path, Lines("b", 150));
        });
        await Eventually.True(() => _collector.Delivered.Length >= 250, Deadline, () => $"{_collector.Delivered.Length} lines");
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(Expected(("a", 100), ("b", 150)), Sorted(_collector.Delivered));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Truncated_and_grown_past_the_old_size_with_lines_of_equal_length_starts_again(bool isStopped)
    {
        var path = _folder.Write("logs/a.log", Lines("a", 100));
        await _collector.StartAsync();
        await Eventually.Equal(100, () => _collector.Delivered.Length, Deadline);
        await MeanwhileAsync(isStopped, () => File.WriteAllText(path, Lines("b", 150)));
        await Eventually.True(() => _collector.Delivered.Length >= 250, Deadline, () => $"{_collector.Delivered.Length} lines");
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(Expected(("a", 100), ("b", 150)), Sorted(_collector.Delivered));
    }

    [Fact]
    public async Task Line_of_three_megabytes_comes_in_pieces_and_what_follows_too()
    {
        var huge = string.Concat(Enumerable.Range(0, 300_000).Select(n => n.ToString("0000000000", CultureInfo.InvariantCulture)));
        _folder.Write("logs/a.log", $"first\n{huge}\nlast\n");
        await _collector.StartAsync();
        await Eventually.True(() => _collector.Delivered.LastOrDefault() == "last", Deadline);
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal("first", _collector.Delivered[0]);
        Assert.Equal(huge, string.Concat(_collector.Delivered[1..^1]));
    }

    [Fact]
    public async Task Bytes_of_any_kind_become_valid_JSON_and_nothing_is_removed()
    {
        await using var collector = new RunningCollector(_folder)
        {
            Configuration = $"outputs: [{{ name: json, file: {{ path: {_folder["json.log"]}, encoding: json }} }}]",
        };
        byte[] bytes = [.. "nul\0, cr\r., tab\t, quote\" \\\n"u8, (byte)'a', 0xFF, 0xC3, (byte)'z', (byte)'\n', .. "\n"u8, .. "caf\u00e9 \U0001F600\n"u8];
        await File.WriteAllBytesAsync(_folder["logs/a.log"], bytes);
        await collector.StartAsync();
        await Eventually.Equal(4, () => File.ReadAllLines(_folder["json.log"]).Length, Deadline);
        Assert.Equal(0, await collector.Process.TerminateAsync());
        var lines = File.ReadAllText(_folder["json.log"]).Split('\n')[..^1];
        var texts = lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("line").GetString());
        Assert.Equal(["nul\0, cr\r., tab\t, quote\" \\", "a\uFFFD\uFFFDz", "", "caf\u00e9 \U0001F600"], texts);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder["out.log"]));
    }

    [Fact]
    public async Task File_created_after_the_start_is_told_of_and_not_waited_for()
    {
        await using var collector = new RunningCollector(_folder) { Configuration = "follow: { interval: 1m }" };
        await collector.StartAsync();

        // the next look without being told is minutes away
        _folder.Write("logs/new.log", "1\n");
        await Eventually.Equal(1, () => collector.Delivered.Length, Deadline);
        Assert.Equal(0, await collector.Process.TerminateAsync());
    }

    [Fact]
    public async Task Thousands_of_files_need_no_thread_each()
    {
        const int count = 3000;
        for (var file = 0; file < count; file++)
        {
            _folder.Write($"logs/{file:0000}.log", $"{file:0000}\n");
        }

        await _collector.StartAsync();
        await Eventually.Equal(count, () => _collector.Delivered.Length, Deadline);
        var threads = File.ReadLines($"/proc/{_collector.Process.ProcessId}/status").Single(line => line.StartsWith("Threads:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(threads["Threads:".Length..], CultureInfo.InvariantCulture), 1, 100);
        for (var file = 0; file < count; file++)
        {
            File.AppendAllText(_folder[$"logs/{file:0000}.log"], $"{file + count:0000}\n");
        }

        await Eventually.Equal(2 * count, () => _collector.Delivered.Length, Deadline);
        Assert.Equal(0, await _collector.Process.TerminateAsync());
        Assert.Equal(2 * count, _collector.Delivered.Distinct().Count());
    }

    private async Task MeanwhileAsync(bool isStopped, Action action)
    {
        if (!isStopped)
        {
            _collector.WhileItStandsStill(action);
            return;
        }

        await _collector.KillAsync();
        action();
        await _collector.StartAsync();
    }

    private static string Lines(string prefix, int count)
    {
        var text = new StringBuilder();
        for (var n = 0; n < count; n++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{prefix}{n:000000}\n");
        }

        return text.ToString();
    }

    private static string[] Expected(params IEnumerable<(string Prefix, int Count)> parts) =>
        Sorted(parts.SelectMany(part => Lines(part.Prefix, part.Count).Split('\n')[..^1]));

    private static string[] Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];
}
