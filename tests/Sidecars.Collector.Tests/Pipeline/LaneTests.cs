using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

public sealed class LaneTests : IDisposable
{
    private const int LineLimit = 4096;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Failing_output_gets_the_same_bytes_again_and_in_order()
    {
        _folder.Write("a.log", "1\n2\n");
        using var output = new TestOutput("test") { FailuresLeft = 3 };
        await using var running = new TestPipeline(_folder, LineLimit, output);
        await Eventually.Equal(2, () => output.Lines.Length);
        File.AppendAllText(_folder["a.log"], "3\n");
        await Eventually.Equal(3, () => output.Lines.Length);
        Assert.Equal(["1\n2\n", "1\n2\n", "1\n2\n", "1\n2\n", "3\n"], output.Attempts);
        var metrics = await running.MetricsAsync();
        Assert.Equal(3, metrics.Value("sidecars_collector_delivery_failures_total", ("output", "test"), ("reason", "test")));
    }

    [Fact]
    public async Task Blocked_output_holds_up_no_other_and_loses_nothing()
    {
        using var blocked = new TestOutput("blocked");
        using var free = new TestOutput("free");
        blocked.Block();
        var expected = Enumerable.Range(0, 20_000).Select(i => $"line {i}").ToArray();
        File.WriteAllLines(_folder["a.log"], expected);
        await using var running = new TestPipeline(_folder, LineLimit, blocked, free);
        await Eventually.Equal(expected.Length, () => free.Lines.Length);
        await Eventually.True(async () => (await running.MetricsAsync()).Sum("sidecars_collector_in_flight_bytes") > 0);
        Assert.Empty(blocked.Lines);
        var metrics = await running.MetricsAsync();
        Assert.InRange(metrics.Value("sidecars_collector_in_flight_bytes", ("output", "blocked")), 1, LineLimit);
        Conservation.Assert(metrics, "blocked");
        blocked.Unblock();
        await Eventually.Equal(expected.Length, () => blocked.Lines.Length);
        Assert.Equal(expected, blocked.Lines);
        Assert.Equal(expected, free.Lines);
        Conservation.Assert(await running.MetricsAsync(), "blocked");
    }

    [Fact]
    public async Task Stopped_while_blocked_goes_on_without_loss()
    {
        using var output = new TestOutput("test");
        output.Block();
        _folder.Write("a.log", "1\n");
        await using (var running = new TestPipeline(_folder, LineLimit, output))
        {
            await Eventually.True(async () => (await running.MetricsAsync()).Sum("sidecars_collector_in_flight_bytes") > 0);
            Assert.True(await running.Pipeline.StopAsync(new CancellationToken(canceled: true)));
            Assert.Equal(2, running.Pipeline.Lanes[0].PendingBytes);
            Conservation.Assert(await running.MetricsAsync(), "test");
        }

        output.Unblock();
        await using var again = new TestPipeline(_folder, LineLimit, output);
        await Eventually.Equal(1, () => output.Lines.Length);
    }

    [Fact]
    public async Task Drain_with_an_output_that_takes_nothing_ends_at_the_deadline_and_says_what_is_left()
    {
        using var output = new TestOutput("test") { FailuresLeft = int.MaxValue };
        _folder.Write("a.log", "1\n");
        _folder.Write("b.log", "22\n");
        await using var running = new TestPipeline(_folder, LineLimit, output);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(400));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Pipeline.DrainAsync(deadline.Token));
        await running.Pipeline.StopAsync(deadline.Token);
        Assert.Equal("test: 5 bytes = 0 delivered (0 lines) + 5 undelivered (as told)", running.Pipeline.Account());
    }

    [Fact]
    public async Task Drain_gives_the_last_line_to_every_output_that_takes_it()
    {
        using var down = new TestOutput("down") { FailuresLeft = int.MaxValue };
        using var up = new TestOutput("up");
        _folder.Write("a.log", "1\nno newline");
        await using var running = new TestPipeline(_folder, LineLimit, down, up);
        using var deadline = new CancellationTokenSource();
        var drain = running.Pipeline.DrainAsync(deadline.Token);
        await Eventually.Equal(2, () => up.Lines.Length, TimeSpan.FromMinutes(1));
        Assert.False(drain.IsCompleted);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drain);
        Assert.Empty(down.Lines);
    }

    [Fact]
    public async Task Drain_waits_for_a_writer_that_is_still_writing()
    {
        using var output = new TestOutput("test");
        await using var running = new TestPipeline(_folder, LineLimit, output);
        var path = _folder.Write("a.log", "0\n");
        var drain = running.Pipeline.DrainAsync(CancellationToken.None);
        for (var i = 1; i <= 20; i++)
        {
            File.AppendAllText(path, $"{i}\n");
            var expected = i + 1;
            await Eventually.Equal(expected, () => output.Lines.Length);
        }

        File.AppendAllText(path, "without newline");
        await drain;
        Assert.Equal([.. Enumerable.Range(0, 21).Select(i => $"{i}"), "without newline"], output.Lines);
    }

    [Fact]
    public async Task Line_over_the_limit_comes_in_pieces_and_is_counted()
    {
        using var output = new TestOutput("test");
        _folder.Write("a.log", new string('x', 10_000) + "\nshort\n");
        await using var running = new TestPipeline(_folder, LineLimit, output);
        await Eventually.Equal(4, () => output.Lines.Length);
        Assert.Equal([4096, 4096, 1808, 5], output.Lines.Select(line => line.Length));
        var metrics = await running.MetricsAsync();
        Assert.Equal(2, metrics.Value("sidecars_collector_split_lines_total", ("output", "test")));
    }

    [Fact]
    public async Task Truncation_before_the_end_was_read_is_counted()
    {
        using var output = new TestOutput("test");
        output.Block();
        var path = _folder.Write("a.log", string.Concat(Enumerable.Repeat("0123456789\n", 1000)));
        await using var running = new TestPipeline(_folder, LineLimit, output);
        await Eventually.True(async () => (await running.MetricsAsync()).Sum("sidecars_collector_in_flight_bytes") > 0);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
        }

        await Eventually.True(() => running.Pipeline.Discovery.Files.Single().Generation == 1);
        output.Unblock();
        File.AppendAllText(path, "last\n");
        await Eventually.True(() => output.Lines.LastOrDefault() == "last");
        var lost = (await running.MetricsAsync()).Value("sidecars_collector_truncated_unread_bytes_total", ("output", "test"));
        Assert.Equal(11_000 - ((output.Lines.Length - 1) * 11), lost);
    }

    [Fact]
    public async Task Thousand_files_are_delivered()
    {
        for (var i = 0; i < 1000; i++)
        {
            _folder.Write($"{i}.log", $"{i}\n{i} again\n");
        }

        using var output = new TestOutput("test");
        await using var running = new TestPipeline(_folder, LineLimit, output);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(2000, output.Lines.Distinct().Count());
        Assert.Equal(2000, output.Lines.Length);
    }

    [Fact]
    public async Task Read_from_end_and_stopped_before_anything_was_delivered_goes_on_where_it_began()
    {
        using var output = new TestOutput("test") { FailuresLeft = int.MaxValue };
        var (a, b) = (_folder.Write("a.log", "old\n"), _folder.Write("b.log", "old\n"));
        await using (var running = new TestPipeline(_folder, LineLimit, fromEnd: true, output))
        {
            File.AppendAllText(a, "a\n");
            File.AppendAllText(b, "b\n");
            _folder.Write("c.log", "c\n");
            await Eventually.True(() => output.Attempts.Length > 0 && running.Pipeline.Discovery.Files.Count == 3);
            Assert.True(await running.Pipeline.StopAsync(new CancellationToken(canceled: true)));
            Assert.Equal(6, running.Pipeline.Lanes[0].PendingBytes);
        }

        output.FailuresLeft = 0;
        await using var again = new TestPipeline(_folder, LineLimit, fromEnd: true, output);
        await Eventually.Equal(3, () => output.Lines.Length);
        Assert.Equal(["a", "b", "c"], output.Lines.Order());
    }

    [Fact]
    public async Task Rotated_file_that_cannot_be_read_is_not_let_go()
    {
        // a regular file, as far as the system tells, and every read at its start fails
        File.CreateSymbolicLink(_folder["a.log"], "/proc/self/mem");
        using var output = new TestOutput("test");
        await using var running = new TestPipeline(_folder, LineLimit, output);
        var file = running.Pipeline.Discovery.Files.Single();
        File.Delete(_folder["a.log"]);
        await Eventually.True(() => file.State == Common.Tailing.FileState.Rotated && file.QuietFor > TimeSpan.FromMilliseconds(300));
        async Task<double> Errors() => (await running.MetricsAsync()).Sum("sidecars_collector_read_errors_total");
        var before = await Errors();
        await Eventually.True(async () => await Errors() >= before + 2);
    }
}
