using Microsoft.Extensions.Time.Testing;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Health;
using Sidecars.Ambassador.Limits;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Tests.Resilience;

public sealed class PolicyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void RetryBudget_IsAShareOfTheRequests_AndAFewASecond()
    {
        var budget = new RetryBudget(percent: 20, perSecond: 1, _time);
        for (var i = 0; i < 100; i++)
        {
            budget.Request();
        }

        Assert.Equal(30, Enumerable.Range(0, 100).Count(_ => budget.TryTake()));

        // what is ten seconds old counts on neither side
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => budget.TryTake()));
    }

    [Fact]
    public void SlidingCount_ForgetsStepByStep()
    {
        var count = new SlidingCount(TimeSpan.FromSeconds(10), _time);
        count.Add(1, 0);
        _time.Advance(TimeSpan.FromSeconds(5));
        count.Add(2, 1);
        Assert.Equal((3, 1), count.Sum());

        _time.Advance(TimeSpan.FromSeconds(5.5));
        Assert.Equal((2, 1), count.Sum());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 0), count.Sum());
    }

    [Theory]
    [InlineData(1, 1.0, 25)]
    [InlineData(2, 1.0, 50)]
    [InlineData(3, 0.5, 50)]
    [InlineData(9, 1.0, 250)]
    [InlineData(1000, 0.0, 0)]
    public void Backoff_Doubles_IsBoundedAndShortenedAtRandom(int repetition, double random, int milliseconds) =>
        Assert.Equal(milliseconds, Backoff.Of(repetition, TimeSpan.FromMilliseconds(25), TimeSpan.FromMilliseconds(250), random).TotalMilliseconds);

    [Fact]
    public void Breaker_OpensOnTheShare_ProbesOneAtATime_AndCloses()
    {
        var breaker = new CircuitBreaker(new CircuitBreakerOptions { MinimumRequests = 4, FailurePercent = 50 }, _time);
        foreach (var outcome in (Outcome[])[Outcome.Succeeded, Outcome.Failed, Outcome.Unknown, Outcome.Succeeded])
        {
            breaker.Leave(breaker.TryEnter(), outcome);
        }

        Assert.Equal(CircuitBreaker.State.Closed, breaker.Current);
        breaker.Leave(breaker.TryEnter(), Outcome.Failed);
        Assert.Equal(CircuitBreaker.State.Open, breaker.Current);
        Assert.Equal(Admission.Refused, breaker.TryEnter());
        Assert.Equal(TimeSpan.FromSeconds(5), breaker.Remaining);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Admission.Probe, breaker.TryEnter());
        Assert.Equal(Admission.Refused, breaker.TryEnter());
        breaker.Leave(Admission.Probe, Outcome.Failed);
        Assert.Equal(Admission.Refused, breaker.TryEnter());

        _time.Advance(TimeSpan.FromSeconds(5));
        breaker.Leave(breaker.TryEnter(), Outcome.Unknown);
        breaker.Leave(breaker.TryEnter(), Outcome.Succeeded);
        Assert.Equal(CircuitBreaker.State.Closed, breaker.Current);

        // the failures from before are forgotten
        breaker.Leave(breaker.TryEnter(), Outcome.Failed);
        Assert.Equal(Admission.Entered, breaker.TryEnter());
    }

    [Fact]
    public void Outlier_IsEjectedForLongerEachTime_ButNeverTooMany()
    {
        var options = new OutlierOptions { Consecutive5xx = 3, ConsecutiveFailures = 2, MaxEjectedPercent = 50 };
        var outliers = new Outliers(options, _time);
        Upstream[] all = [.. "abc".Select(c => new Upstream(c.ToString(), _time))];

        all[0].AnsweredBadly();
        all[0].AnsweredBadly();
        Assert.Null(outliers.AfterFailure(all[0], all));
        all[0].AnsweredBadly();
        Assert.Equal("consecutive_5xx", outliers.AfterFailure(all[0], all));
        Assert.True(all[0].IsEjected);

        // half of three is one
        all[1].Broke();
        all[1].Broke();
        Assert.Null(outliers.AfterFailure(all[1], all));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(all[0].IsEjected);
        Assert.Equal("consecutive_failures", outliers.AfterFailure(all[1], all));
        _time.Advance(TimeSpan.FromSeconds(10));

        all[0].Broke();
        all[0].Broke();
        Assert.Equal("consecutive_failures", outliers.AfterFailure(all[0], all));
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.True(all[0].IsEjected);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(all[0].IsEjected);
    }

    [Fact]
    public void Outlier_ThatIsTheOnlyOne_Stays()
    {
        var outliers = new Outliers(new OutlierOptions { Consecutive5xx = 1 }, _time);
        Upstream[] all = [new Upstream("a", _time)];

        all[0].AnsweredBadly();

        Assert.Null(outliers.AfterFailure(all[0], all));
    }

    [Fact]
    public void Outlier_ByLatency_IsMeasuredAgainstTheOthers()
    {
        var outliers = new Outliers(new OutlierOptions { LatencyFactor = 3 }, _time);
        Upstream[] all = [.. "abc".Select(c => new Upstream(c.ToString(), _time))];
        _time.Advance(TimeSpan.FromSeconds(2));
        foreach (var (upstream, milliseconds) in all.Zip((int[])[100, 120, 500]))
        {
            upstream.Begin();
            upstream.Latency.Observe(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Null(outliers.AfterAnswer(all[1], all));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("latency", outliers.AfterAnswer(all[2], all));
    }

    [Fact]
    public void RateLimit_LetsABurstIn_ThenOneAtATime()
    {
        var limit = new RateLimit(perSecond: 10, burst: 3, _time);
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => limit.TryTake() is null));
        Assert.Equal(100, limit.TryTake()!.Value.TotalMilliseconds, 3);

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Null(limit.TryTake());
        Assert.NotNull(limit.TryTake());

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => limit.TryTake() is null));
    }

    [Fact]
    public void Health_ChangesAfterSoManyInARow()
    {
        var verdict = new HealthVerdict(healthyAfter: 2, unhealthyAfter: 3);

        Assert.Equal("wwwwwwnnwww", string.Concat("gbbgbbbgggb".Select(c => verdict.Add(c == 'g') ? 'w' : 'n')));
    }
}
