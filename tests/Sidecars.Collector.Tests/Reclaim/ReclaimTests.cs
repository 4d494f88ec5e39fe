using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Reclaim;
using Sidecars.Collector.Tests.Pipeline;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Reclaim;

/// <summary>Real files, real holes.</summary>
public sealed class ReclaimTests : IDisposable
{
    private const int LineLimit = 16 * 1024;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Delivered_room_is_given_back_behind_the_slowest_output_and_a_restart_goes_on()
    {
        var lines = Numbered(0, 30_000);
        var path = _folder["a.log"];
        File.WriteAllLines(path, lines);
        var (size, allocated) = (Status(path).Size, Status(path).Allocated);
        using var slow = new TestOutput("slow");
        using var fast = new TestOutput("fast");
        slow.Block();
        await using (var running = Start(ReclaimMode.AfterDelivery, new(), slow, fast))
        {
            await Eventually.Equal(lines.Length, () => fast.Lines.Length, Long);
            running.Pipeline.Volume!.Look();
            Assert.Equal(allocated, Status(path).Allocated);
            slow.Unblock();
            await Eventually.True(() => Status(path).Allocated < 128 * 1024, Long);
            Assert.Equal(size, Status(path).Size);
            Assert.StartsWith(string.Join('\n', lines[..500]), ReadHead(path, VolumeKeeper.Block), StringComparison.Ordinal);
            Assert.Equal(lines[^100..], File.ReadLines(path).TakeLast(100));
            await Eventually.True(async () => (await running.MetricsAsync()).Value("sidecars_collector_reclaimed_bytes_total") > size / 2);
            Assert.True(await running.Pipeline.StopAsync(CancellationToken.None));
        }

        File.AppendAllLines(path, ["after"]);
        await using var again = Start(ReclaimMode.AfterDelivery, new(), slow, fast);
        await again.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal([.. lines, "after"], slow.Lines);
        Assert.Equal([.. lines, "after"], fast.Lines);
    }

    [Fact]
    public async Task Never_gives_nothing_back()
    {
        var path = _folder["a.log"];
        File.WriteAllLines(path, Numbered(0, 30_000));
        var allocated = Status(path).Allocated;
        using var output = new TestOutput("test");
        await using var running = Start(ReclaimMode.Never, new(), output);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        running.Pipeline.Volume!.Look();
        Assert.Equal(allocated, Status(path).Allocated);
        Assert.Equal(allocated, (await running.MetricsAsync()).Value("sidecars_collector_volume_allocated_bytes"));
    }

    [Fact]
    public async Task Writer_that_appends_all_the_time_loses_nothing_and_the_file_stays_small()
    {
        var path = _folder.Write("a.log", "");
        using var output = new TestOutput("test");
        await using var running = Start(ReclaimMode.AfterDelivery, new(), output);
        var written = 0;
        await using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            for (var round = 1; round <= 20; round++)
            {
                file.Write(Encoding.UTF8.GetBytes(string.Concat(Numbered(written, 5000).Select(line => line + "\n"))));
                written += 5000;
                var expected = written;
                await Eventually.Equal(expected, () => output.Lines.Length, Long);
                running.Pipeline.Volume!.Look();
                Assert.InRange(Status(path).Allocated, 0, 256 * 1024);
            }
        }

        Assert.Equal(Numbered(0, written), output.Lines);
    }

    [Fact]
    public async Task Output_that_is_added_later_begins_at_the_first_line_behind_the_hole()
    {
        var lines = Numbered(0, 30_000);
        var path = _folder["a.log"];
        File.WriteAllLines(path, lines);
        using var first = new TestOutput("first");
        await using (var running = Start(ReclaimMode.AfterDelivery, new(), first))
        {
            await Eventually.True(() => Status(path).Allocated < 128 * 1024, Long);
        }

        using var second = new TestOutput("second");
        await using var again = Start(ReclaimMode.AfterDelivery, new(), first, second);
        await again.Pipeline.DrainAsync(CancellationToken.None);
        Assert.NotEmpty(second.Lines);
        Assert.Equal(lines[^second.Lines.Length..], second.Lines);
        Assert.Equal(lines, first.Lines);
    }

    [Fact]
    public async Task Rotated_file_is_deleted_when_every_output_has_delivered_it()
    {
        using var output = new TestOutput("test");
        output.Block();
        var path = _folder.Write("a.log", "1\n2\n");
        await using var running = Start(ReclaimMode.Never, new() { DeleteRotated = true }, output);
        File.Move(path, _folder["a.log.1"]);
        _folder.Write("a.log", "3\n");
        await Eventually.Equal(2, () => running.Pipeline.Discovery.Files.Count, Long);
        running.Pipeline.Volume!.Look();
        Assert.True(File.Exists(_folder["a.log.1"]));
        output.Unblock();
        await Eventually.True(() => !File.Exists(_folder["a.log.1"]), Long);
        Assert.Equal(["1", "2", "3"], output.Lines);
        Assert.Equal("3\n", File.ReadAllText(path));
        await Eventually.True(async () => (await running.MetricsAsync()).Value("sidecars_collector_deleted_files_total") == 1);
    }

    [Fact]
    public async Task Over_the_high_water_the_oldest_lines_are_given_up_and_every_line_is_accounted_for()
    {
        const int count = 60_000;
        var path = _folder["a.log"];
        File.WriteAllLines(path, Numbered(0, count));
        using var output = new TestOutput("test") { FailuresLeft = int.MaxValue };
        var volume = new VolumeOptions { HighWater = ByteSize.KiB(256), GiveUp = GiveUpMode.Oldest };
        await using var running = Start(ReclaimMode.AfterDelivery, volume, output);
        await Eventually.True(() => Status(path).Allocated <= 256 * 1024, Long);
        output.FailuresLeft = 0;
        await running.Pipeline.DrainAsync(CancellationToken.None);
        var metrics = await running.MetricsAsync();
        var givenUp = (int)metrics.Value("sidecars_collector_dropped_lines_total", ("output", "test"), ("reason", "given_up"));
        Assert.InRange(givenUp, 1, count - 1);
        Assert.Equal(Numbered(givenUp, count - givenUp), output.Lines);
        Conservation.Assert(metrics, "test");
    }

    [Fact]
    public async Task Over_the_high_water_nothing_is_given_up_unasked()
    {
        File.WriteAllLines(_folder["a.log"], Numbered(0, 30_000));
        using var output = new TestOutput("test") { FailuresLeft = int.MaxValue };
        await using var running = Start(ReclaimMode.AfterDelivery, new() { HighWater = ByteSize.KiB(64) }, output);
        await Eventually.True(() => output.Attempts.Length > 2, Long);
        running.Pipeline.Volume!.Look();
        output.FailuresLeft = 0;
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(Numbered(0, 30_000), output.Lines);
    }

    private static FileStatus Status(string path) => FileStatus.Of(path) ?? throw new FileNotFoundException(path);

    private static string[] Numbered(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"{i:000000}")];

    private static string ReadHead(string path, int count)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[count];
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private TestPipeline Start(ReclaimMode mode, VolumeOptions volume, params TestOutput[] outputs) =>
        new(_folder, LineLimit, new TestSetting { Reclaim = mode, Volume = volume }, outputs);
}
