using Sidecars.Ambassador.Http;

namespace Sidecars.Ambassador.Tests.Http;

public class RequestTallyTests
{
    [Fact]
    public void Quantile_OfARange_IsRightToAnEighth()
    {
        var tally = new RequestTally();
        var before = tally.Snapshot();
        for (var milliseconds = 1; milliseconds <= 1000; milliseconds++)
        {
            tally.Note(TimeSpan.FromMilliseconds(milliseconds));
        }

        var after = tally.Snapshot();
        foreach (var (share, expected) in new[] { (0.5, 0.5), (0.99, 0.99), (0.001, 0.001) })
        {
            Assert.InRange(RequestTally.Quantile(before, after, share), expected * 0.875, expected * 1.125);
        }

        Assert.Equal(1000, tally.Requests);
    }

    [Fact]
    public void Quantile_NothingBetween_IsNone()
    {
        var tally = new RequestTally();
        tally.Note(TimeSpan.FromSeconds(1));

        Assert.True(double.IsNaN(RequestTally.Quantile(tally.Snapshot(), tally.Snapshot(), 0.5)));
    }

    [Fact]
    public void Buckets_EveryDuration_LiesInItsOwn()
    {
        for (var microseconds = 0L; microseconds < 10_000_000_000; microseconds += (microseconds / 50) + 1)
        {
            var bucket = RequestTally.BucketOf(TimeSpan.FromMicroseconds(microseconds));

            Assert.True(RequestTally.LowerBound(bucket) <= microseconds && microseconds < RequestTally.LowerBound(bucket + 1), $"{microseconds} in {bucket}");
        }

        Assert.Equal(RequestTally.BucketOf(TimeSpan.MaxValue), RequestTally.BucketOf(TimeSpan.FromDays(10_000)));
    }

    [Fact]
    public void Requests_WebSockets_AreCountedWithoutALatency()
    {
        var tally = new RequestTally();
        var before = tally.Snapshot();
        tally.Note(null);

        Assert.Equal(1, tally.Requests);
        Assert.Equal(before, tally.Snapshot());
    }
}
