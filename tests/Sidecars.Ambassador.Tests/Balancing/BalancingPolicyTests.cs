using Microsoft.Extensions.Time.Testing;
using Sidecars.Ambassador.Balancing;

namespace Sidecars.Ambassador.Tests.Balancing;

public sealed class BalancingPolicyTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Upstream[] _upstreams;

    public BalancingPolicyTests() => _upstreams = [.. "abc".Select(c => new Upstream(c.ToString(), _time))];

    [Fact]
    public void RoundRobin_TakesEachInTurn()
    {
        var policy = new RoundRobinPolicy();

        Assert.Equal("abcabc", string.Concat(Enumerable.Range(0, 6).Select(_ => Pick(policy).Id)));
    }

    [Fact]
    public void LeastRequests_TakesTheIdlest_ByItsWeight()
    {
        var policy = new LeastRequestsPolicy(() => 0);
        Busy(_upstreams[0], 2);
        Busy(_upstreams[1], 1);
        Busy(_upstreams[2], 3);
        Assert.Equal("b", Pick(policy).Id);

        // with the one to come, four at weight 2 are as many as two at weight 1, and at weight 3 fewer
        _upstreams[2].Weight = 2;
        Assert.Equal("b", Pick(policy).Id);
        _upstreams[2].Weight = 3;
        Assert.Equal("c", Pick(policy).Id);
    }

    [Fact]
    public void PeakEwma_OfTwo_TakesTheOneThatAnswersSooner()
    {
        _upstreams[0].Latency.Observe(TimeSpan.FromMilliseconds(100));
        _upstreams[1].Latency.Observe(TimeSpan.FromMilliseconds(10));
        _upstreams[2].Latency.Observe(TimeSpan.FromMilliseconds(10));
        Busy(_upstreams[2], 1);
        var numbers = new Queue<double>([0, 0, 0.4, 0.9, 0.9, 0]);
        var policy = new PeakEwmaPolicy(numbers.Dequeue);

        // a against b, b against c, c against a
        Assert.Equal("bbc", string.Concat(Enumerable.Range(0, 3).Select(_ => Pick(policy).Id)));
    }

    [Fact]
    public void Random_FollowsTheNumber()
    {
        var numbers = new Queue<double>([0, 0.34, 0.99]);

        var policy = new RandomPolicy(numbers.Dequeue);

        Assert.Equal("abc", string.Concat(Enumerable.Range(0, 3).Select(_ => Pick(policy).Id)));
    }

    [Fact]
    public void Weighted_GivesEachItsShare_OfAnyStretch()
    {
        (_upstreams[0].Weight, _upstreams[1].Weight, _upstreams[2].Weight) = (5, 3, 2);
        var policy = new WeightedPolicy();

        for (var stretch = 0; stretch < 10; stretch++)
        {
            var counts = Enumerable.Range(0, 100).Select(_ => Pick(policy).Id).CountBy(id => id).ToDictionary();
            Assert.InRange(counts["a"], 48, 52);
            Assert.InRange(counts["b"], 28, 32);
            Assert.InRange(counts["c"], 18, 22);
        }
    }

    [Fact]
    public void ConsistentHash_KeepsItsKeys_AndMovesOnlyThoseOfTheOneThatGoes()
    {
        var policy = new ConsistentHashPolicy();
        var keys = Enumerable.Range(0, 3000).Select(i => StableHash.Of($"user-{i}")).ToList();
        var before = keys.ConvertAll(k => Pick(policy, k).Id);
        Assert.Equal(before, keys.ConvertAll(k => Pick(policy, k).Id));
        Assert.All(before.CountBy(id => id), share => Assert.InRange(share.Value, 850, 1150));

        var without = keys.ConvertAll(k => policy.Pick(new Candidates(_upstreams.AsSpan(0, 2), TimeSpan.Zero), k).Id);

        Assert.All(before.Zip(without).Where(p => p.First != "c"), p => Assert.Equal(p.First, p.Second));
    }

    [Fact]
    public void ConsistentHash_GivesAHeavyOneMoreKeys()
    {
        _upstreams[0].Weight = 4;
        var policy = new ConsistentHashPolicy();

        var counts = Enumerable.Range(0, 6000).Select(i => Pick(policy, StableHash.Of($"user-{i}")).Id).CountBy(id => id).ToDictionary();

        Assert.InRange(counts["a"], 3800, 4200);
    }

    [Fact]
    public void SlowStart_BeginsWithATenth_AndEndsWithAll()
    {
        var slow = TimeSpan.FromSeconds(10);
        _time.Advance(slow);
        _upstreams[2].Eject(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0.1, new Candidates(_upstreams, slow).WeightOf(_upstreams[2]), 3);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0.5, new Candidates(_upstreams, slow).WeightOf(_upstreams[2]), 3);
        Assert.Equal(1, new Candidates(_upstreams, slow).WeightOf(_upstreams[0]), 3);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, new Candidates(_upstreams, slow).WeightOf(_upstreams[2]), 3);
    }

    [Fact]
    public void Latency_RisesAtOnce_AndFallsSlowly()
    {
        var latency = new PeakEwma(_time);
        latency.Observe(TimeSpan.FromMilliseconds(10));
        latency.Observe(TimeSpan.FromSeconds(1));
        Assert.Equal(1, latency.Seconds, 6);

        _time.Advance(PeakEwma.Decay);
        latency.Observe(TimeSpan.Zero);

        Assert.Equal(Math.Exp(-1), latency.Seconds, 6);
    }

    private static void Busy(Upstream upstream, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            upstream.Begin();
        }
    }

    private Upstream Pick(BalancingPolicy policy, ulong key = 0) => policy.Pick(new Candidates(_upstreams, TimeSpan.Zero), key);
}
