using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Tests.Pipeline;

public class BackoffTests
{
    [Fact]
    public void Next_ManyFailures_DoublesUpToTheLimitWithJitter()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), new Random(1));
        foreach (var most in (int[])[100, 200, 400, 800, 1000, 1000])
        {
            Assert.InRange(backoff.Next().TotalMilliseconds, most / 2.0, most);
        }
    }

    [Fact]
    public void Reset_AfterFailures_BeginsAnew()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), new Random(1));
        _ = (backoff.Next(), backoff.Next());
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalMilliseconds, 50, 100);
    }
}
