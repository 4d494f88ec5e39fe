using System.Globalization;
using System.IO.Compression;
using System.Text;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>Rotated files that were compressed, through the real process; logrotate is the one from Debian.</summary>
public sealed class CompressedTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    public CompressedTests() => _folder.Folder("logs");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("create 0644\ncompress")]
    [InlineData("create 0644\ncompress\ndelaycompress")]
    public async Task what_logrotate_compressed_of_followed_files_is_delivered_once(string how)
    {
        const int rounds = 6;
        const int lines = 1500;
        await using (var collector = await StartAsync("logs/access.log*"))
        {
            for (var round = 0; round < rounds; round++)
            {
                // no waiting: some of it is delivered before it is compressed, some is not
                Append(round * lines, lines);
                await RotateAsync(how);
            }

            await Eventually.True(() => Delivered().Length >= rounds * lines, Deadline, () => $"{Delivered().Length} lines");
            var compressed = Directory.GetFiles(_folder["logs"], "*.gz").Length;
            Assert.True(compressed >= rounds - 1);

            // each was looked at, once; what it is a copy of may have come and gone between two looks
            await Eventually.True(() => collector.Error.Split("compressed of 10500").Length - 1 == compressed, Deadline, () => collector.Error);
            Assert.Equal(0, await collector.TerminateAsync());
        }

        Assert.Equal(Numbers(rounds * lines), Delivered().Order(StringComparer.Ordinal));

        // what was renamed and compressed while nobody looked is known again
        await RotateAsync(how.Replace("delaycompress", "", StringComparison.Ordinal));
        await using var again = await StartAsync("logs/access.log*");
        Append(rounds * lines, 1);
        await Eventually.True(() => Delivered().Length > rounds * lines, Deadline, () => $"{Delivered().Length} lines");
        Assert.Equal(0, await again.TerminateAsync());
        Assert.Equal(Numbers((rounds * lines) + 1), Delivered().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task what_was_not_delivered_when_the_collector_stopped_is_delivered_from_the_compressed_file()
    {
        await using (var collector = await StartAsync("logs/access.log*"))
        {
            Append(0, 1000);
            await IsOnRecordAsync(7 * 1000);
            collector.Signal(UnixSignal.Kill);
            await collector.WaitForExitAsync();
        }

        Append(1000, 500);
        await RotateAsync("create 0644\ncompress");
        Assert.False(File.Exists(_folder["logs/access.log.1"]));
        await using var again = await StartAsync("logs/access.log*");
        await Eventually.True(() => Delivered().Length >= 1500, Deadline, () => $"{Delivered().Length} lines");
        Assert.Equal(0, await again.TerminateAsync());
        Assert.Equal(Numbers(1500), Delivered());
        Assert.Contains("of which file has delivered 7000 bytes", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task copies_of_truncated_files_are_recognised()
    {
        const int rounds = 4;
        var written = 0;
        await using var collector = await StartAsync("logs/access.log", "logs/access.log.*.gz");
        for (var copies = 1; copies <= rounds; copies++)
        {
            // another size each time, so that what is on record is not that of the time before
            var lines = 1000 + copies;
            Append(written, lines);
            written += lines;
            await IsOnRecordAsync(7 * lines);
            await RotateAsync("copytruncate\ncompress");
            var expected = copies;
            await Eventually.True(() => Recognised(collector.Error) == expected, Deadline, () => collector.Error);
        }

        Assert.Equal(0, await collector.TerminateAsync());
        Assert.Equal(Numbers(written), Delivered());
    }

    [Fact]
    public async Task a_compressed_file_is_read_on_after_a_kill_behind_what_was_acknowledged()
    {
        const int lines = 400_000;
        using (var gzip = new GZipStream(File.Create(_folder["logs/old.log.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.ASCII.GetBytes(string.Concat(Numbers(lines).Select(number => number + "\n"))));
        }

        await using (var collector = await StartAsync("logs/*"))
        {
            await Eventually.True(() => new FileInfo(_folder["out.log"]) is { Exists: true, Length: > 100_000 }, Deadline);
            collector.Signal(UnixSignal.Kill);
            await collector.WaitForExitAsync();
        }

        await using var again = await StartAsync("logs/*");
        await Eventually.True(() => Delivered().LastOrDefault() == Numbers(lines)[^1], Deadline);
        Assert.Equal(0, await again.TerminateAsync());

        // a batch that was not acknowledged comes again, and the kill may have torn its last line
        var delivered = Delivered().Where(line => line.Length == 6).ToArray();
        Assert.Equal(Numbers(lines), delivered.Distinct());
        Assert.InRange(delivered.Length - lines, 0, (1024 * 1024 / 7) + 1);
    }

    [Fact]
    public async Task stack_traces_in_a_compressed_file_stay_whole()
    {
        const int records = 20_000;
        using (var gzip = new GZipStream(File.Create(_folder["logs/old.log.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, records).Select(i => $"error {i:000000}\n  at first\n  at second\n"))));
        }

        await using var collector = await StartAsync(["logs/*"], "multiline: java", "json");
        await Eventually.True(() => Delivered().Length >= records, Deadline);
        Assert.Equal(0, await collector.TerminateAsync());
        Assert.Equal(records, Delivered().Count(line => line.EndsWith("\\n  at first\\n  at second\"}", StringComparison.Ordinal)));
    }

    private static int Recognised(string log) => log.Split("is a compressed copy of").Length - 1;

    private static string[] Numbers(int count) => RunningCollector.Numbers(count);

    private string[] Delivered() => File.Exists(_folder["out.log"]) ? File.ReadAllLines(_folder["out.log"]) : [];

    private void Append(int from, int count) =>
        File.AppendAllText(_folder["logs/access.log"], string.Concat(Enumerable.Range(from, count).Select(n => $"{n:000000}\n")));

    /// <summary>The cursor says so many bytes, on disk. The file is locked against other collectors, so it is looked at in a copy.</summary>
    private Task IsOnRecordAsync(int bytes) => Eventually.True(
        async () =>
        {
            await ServerProcess.RunAsync("cp", _folder["state/collector.cursors"], _folder["cursors.copy"]);
            var cursor = File.ReadLines(_folder["cursors.copy"]).LastOrDefault(line => line.Contains("access.log\t", StringComparison.Ordinal));
            return cursor?.Split('\t')[4] == bytes.ToString(CultureInfo.InvariantCulture);
        },
        Deadline);

    private Task RotateAsync(string how)
    {
        var configuration = _folder.Write("logrotate.conf", $"{_folder["logs/access.log"]} {{\nrotate 20\nmissingok\n{how}\n}}\n");
        return ServerProcess.RunAsync("logrotate", "--force", "--state", _folder["logrotate.state"], configuration);
    }

    private Task<SidecarProcess> StartAsync(params string[] paths) => StartAsync(paths, "read_from: beginning", "raw");

    private async Task<SidecarProcess> StartAsync(string[] paths, string key, string encoding)
    {
        var port = FreePort.Next();
        var configuration = _folder.Write("collector.yaml", $$"""
            inputs:
              - paths: [{{string.Join(", ", paths.Select(path => $"'{_folder[path]}'"))}}]
                compressed: true
                {{key}}
            outputs:
              - file: { path: '{{_folder["out.log"]}}', encoding: {{encoding}} }
            follow: { rotated_grace: 300ms }
            state: { directory: '{{_folder["state"]}}' }
            admin: { listen: '127.0.0.1:{{port}}' }
            """);
        var process = SidecarProcess.Start("collector", port, ["--config", configuration]);
        await process.WaitReadyAsync();
        return process;
    }
}
