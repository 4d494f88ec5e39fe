using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

public sealed class BatchLimitsTests : IDisposable
{
    private const string TenLines = "1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(5, int.MaxValue, new[] { "1\n2\n", "3\n4\n", "5\n6\n", "7\n8\n", "9\n0\n" })]
    [InlineData(1, int.MaxValue, new[] { "1\n", "2\n", "3\n", "4\n", "5\n", "6\n", "7\n", "8\n", "9\n", "0\n" })]
    [InlineData(int.MaxValue, 4, new[] { "1\n2\n3\n4\n", "5\n6\n7\n8\n", "9\n0\n" })]
    [InlineData(6, 4, new[] { "1\n2\n3\n", "4\n5\n6\n", "7\n8\n9\n", "0\n" })]
    public async Task Batches_are_cut_at_lines_within_the_limits(int bytes, int lines, string[] expected)
    {
        _folder.Write("a.log", TenLines);
        using var output = new TestOutput("test");
        await using var running = Start(output, new BatchLimits(bytes, lines, TimeSpan.Zero, TimeProvider.System));
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(expected, output.Attempts);
        Conservation.Assert(await running.MetricsAsync(), "test");
    }

    [Fact]
    public async Task Batch_waits_until_it_is_full()
    {
        using var output = new TestOutput("test");
        var path = _folder.Write("a.log", "1\n");
        await using var running = Start(output, new BatchLimits(int.MaxValue, 3, TimeSpan.FromHours(1), TimeProvider.System));
        File.AppendAllText(path, "2\n");
        await Eventually.True(() => running.Pipeline.Lanes[0] is { IsIdle: true, PendingBytes: 4 });
        Assert.Empty(output.Attempts);
        File.AppendAllText(path, "3\n4\n");
        await Eventually.Equal("1\n2\n3\n", () => string.Concat(output.Attempts));
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(["1\n2\n3\n", "4\n"], output.Attempts);
    }

    [Fact]
    public async Task Batch_that_is_old_enough_goes_though_it_is_not_full()
    {
        using var output = new TestOutput("test");
        _folder.Write("a.log", "1\n");
        await using var running = Start(output, new BatchLimits(int.MaxValue, 3, TimeSpan.FromMilliseconds(50), TimeProvider.System));
        await Eventually.Equal(1, () => output.Lines.Length);
    }

    [Fact]
    public async Task Payload_over_its_limit_ends_the_batch_and_the_rest_follows()
    {
        _folder.Write("a.log", TenLines);
        using var output = new TestOutput("test");
        var setting = new TestSetting
        {
            Encoder = () => new RecordEncoder(new PlainFormat(), new RecordShaper(), TimeProvider.System) { PayloadLimit = 5 },
        };
        await using var running = new TestPipeline(_folder, 4096, setting, output);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(["1\n2\n3\n", "4\n5\n6\n", "7\n8\n9\n", "0\n"], output.Attempts);
    }

    private TestPipeline Start(TestOutput output, BatchLimits limits) => new(_folder, 4096, new TestSetting { Limits = limits }, output);
}
