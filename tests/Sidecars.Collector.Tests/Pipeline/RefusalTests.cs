using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>Receivers that do not take every record.</summary>
public sealed class RefusalTests : IDisposable
{
    private const int LineLimit = 64 * 1024;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bad_records_are_found_and_the_rest_is_delivered_in_order(bool isRaw)
    {
        var lines = Numbered(1000);
        File.WriteAllLines(_folder["a.log"], lines);
        string[] bad = [lines[3], lines[500], lines[501], lines[999]];
        using var output = new PickyOutput("test", bad.Contains);
        await using var running = Start(output, isRaw);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(lines.Except(bad), output.Lines);
        var metrics = await running.MetricsAsync();
        Assert.Equal(4, metrics.Value("sidecars_collector_dropped_lines_total", ("output", "test"), ("reason", "refused")));
        Assert.Equal(lines.Length - 4, metrics.Value("sidecars_collector_delivered_lines_total", ("output", "test")));
        Conservation.Assert(metrics, "test");
    }

    [Fact]
    public async Task Bad_records_told_one_by_one_are_dropped_and_those_put_off_come_again()
    {
        var lines = Numbered(100);
        File.WriteAllLines(_folder["a.log"], lines);
        using var output = new PickyOutput("test", line => line == lines[7]) { AnswersByRecord = true, IsPutOff = line => line.EndsWith('5') };
        await using var running = Start(output);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(lines.Except([lines[7]]), output.Lines.Order(StringComparer.Ordinal));
        Conservation.Assert(await running.MetricsAsync(), "test");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receiver_that_refuses_everything_is_a_failing_one_and_the_lines_stay(bool answersByRecord)
    {
        File.WriteAllLines(_folder["a.log"], Numbered(100));
        using var output = new PickyOutput("test", _ => true) { AnswersByRecord = answersByRecord };
        await using var running = Start(output);
        await Eventually.True(() => output.Attempts > 100);
        Assert.NotNull(running.Pipeline.Lanes[0].Trouble);
        Assert.Equal(700, running.Pipeline.Lanes[0].PendingBytes);
        var metrics = await running.MetricsAsync();
        Assert.Equal(0, metrics.Sum("sidecars_collector_dropped_lines_total"));
        Conservation.Assert(metrics, "test");
    }

    [Fact]
    public async Task Many_bad_records_in_a_row_do_not_block_a_good_one()
    {
        var lines = Numbered(100);
        var path = _folder["a.log"];
        File.WriteAllLines(path, lines[..60]);
        using var output = new PickyOutput("test", line => Array.IndexOf(lines, line) < 60);
        await using var running = Start(output);
        await Eventually.True(() => output.Attempts > 20);
        Assert.Empty(output.Lines);
        File.AppendAllLines(path, lines[60..]);
        await Eventually.Equal(40, () => output.Lines.Distinct().Count());
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(lines[60..], output.Lines.Distinct().Order(StringComparer.Ordinal));
        var metrics = await running.MetricsAsync();
        Assert.Equal(60, metrics.Value("sidecars_collector_dropped_lines_total", ("output", "test"), ("reason", "refused")));
        Conservation.Assert(metrics, "test");
    }

    private static string[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(i => $"{i:000000}")];

    private TestPipeline Start(PickyOutput output, bool isRaw = true) =>
        new(_folder, LineLimit, fromEnd: false, isRaw ? () => new RawEncoder() : Records, output);

    private static RecordEncoder Records() => new(new PlainFormat(), new RecordShaper(), TimeProvider.System);
}
