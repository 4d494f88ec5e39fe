using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Tests.Resilience;

public class LatencyPercentileTests
{
    [Fact]
    public void FewAnswers_SayNothing()
    {
        var percentile = new LatencyPercentile(95);
        for (var i = 1; i < LatencyPercentile.Enough; i++)
        {
            percentile.Observe(TimeSpan.FromMilliseconds(10));
        }

        Assert.Null(percentile.Current);
        percentile.Observe(TimeSpan.FromMilliseconds(10));
        Assert.NotNull(percentile.Current);
    }

    [Theory]
    [InlineData(50, 500)]
    [InlineData(95, 950)]
    [InlineData(99, 990)]
    public void Percentile_IsRightToWithinATenth(int percent, double milliseconds)
    {
        var percentile = new LatencyPercentile(percent);
        for (var i = 1; i <= 1000; i++)
        {
            percentile.Observe(TimeSpan.FromMilliseconds(i));
        }

        Assert.InRange(percentile.Current!.Value.TotalMilliseconds, milliseconds, milliseconds * 1.1);
    }

    [Fact]
    public void Past_IsForgotten()
    {
        var percentile = new LatencyPercentile(50);
        foreach (var milliseconds in Enumerable.Repeat(1, 5000).Concat(Enumerable.Repeat(100, 2500)))
        {
            percentile.Observe(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.InRange(percentile.Current!.Value.TotalMilliseconds, 100, 110);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000_000)]
    public void Extremes_AreCountedToo(int milliseconds)
    {
        var percentile = new LatencyPercentile(1);
        for (var i = 0; i < LatencyPercentile.Enough; i++)
        {
            percentile.Observe(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.NotNull(percentile.Current);
    }

    [Fact]
    public void Hedging_WaitsForAtLeastTheGivenTime()
    {
        var hedging = new Hedging(new HedgeOptions { After = TimeSpan.FromMilliseconds(20), Percentile = 90 });
        var slow = new Hedging(new HedgeOptions { After = TimeSpan.FromMilliseconds(20), Percentile = 90 });
        for (var i = 0; i < LatencyPercentile.Enough; i++)
        {
            hedging.Observe(TimeSpan.FromMilliseconds(1));
            slow.Observe(TimeSpan.FromMilliseconds(80));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(20), hedging.After);
        Assert.InRange(slow.After.TotalMilliseconds, 80, 88);
    }
}
