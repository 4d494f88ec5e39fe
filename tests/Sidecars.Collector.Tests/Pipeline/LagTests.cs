using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

public sealed class LagTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lag_is_told_by_output_and_file_and_ends_with_the_delivery()
    {
        using var output = new TestOutput("test");
        output.Block();
        var (a, b) = (_folder.Write("a.log", "1\n2\n"), _folder.Write("b.log", "1\n"));
        await using var running = new TestPipeline(_folder, 4096, output);
        var lane = running.Pipeline.Lanes[0];
        lane.Report();
        var metrics = await running.MetricsAsync();
        Assert.Equal(4, metrics.Value("sidecars_collector_file_lag_bytes", ("output", "test"), ("file", a)));
        Assert.Equal(2, metrics.Value("sidecars_collector_file_lag_bytes", ("output", "test"), ("file", b)));
        await Eventually.True(async () =>
        {
            lane.Report();
            return (await running.MetricsAsync()).Value("sidecars_collector_lag_seconds", ("output", "test")) > 0;
        });
        output.Unblock();
        await running.Pipeline.DrainAsync(CancellationToken.None);
        lane.Report();
        metrics = await running.MetricsAsync();
        Assert.Equal(0, metrics.Value("sidecars_collector_lag_seconds", ("output", "test")));
        Assert.Null(metrics.Find("sidecars_collector_file_lag_bytes", ("output", "test"), ("file", a)));
        Assert.Equal(2, metrics.Value("sidecars_collector_batch_seconds_count", ("output", "test")));
    }
}
