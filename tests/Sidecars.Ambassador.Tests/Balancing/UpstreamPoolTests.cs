using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Ambassador.Balancing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Tests.Balancing;

public sealed class UpstreamPoolTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RoundRobinPolicy _policy = new();
    private readonly UpstreamPool _pool;

    public UpstreamPoolTests() => _pool = new UpstreamPool("pool", _time);

    [Fact]
    public void Pick_StaysWithTheLowestPriority_UntilNoneOfItIsToBeHad()
    {
        _pool.Follow([Destination("a", 0), Destination("b", 0), Destination("c", 1)]);
        Assert.Equal("aabb", Picks(4));

        Of("a").PassOver(TimeSpan.FromSeconds(5));
        Assert.Equal("bb", Picks(2));
        Of("b").Eject(TimeSpan.FromSeconds(10));
        Assert.Equal("cc", Picks(2));

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("aa", Picks(2));
    }

    [Fact]
    public void Pick_WhereNobodyIsToBeHad_TriesAllTheSame()
    {
        _pool.Follow([Destination("a", 0), Destination("b", 0)]);
        Of("a").SetWell(false);
        Of("b").SetWell(false);

        Assert.Equal("ab", Picks(2));
    }

    [Fact]
    public void Pick_LeavesOutWhoWasTried_AndHasNobodyInTheEnd()
    {
        _pool.Follow([Destination("a", 0), Destination("b", 1)]);

        Assert.Equal("b", _pool.Pick(_policy, 0, TimeSpan.Zero, [Of("a")])?.Id);
        Assert.Null(_pool.Pick(_policy, 0, TimeSpan.Zero, [Of("a"), Of("b")]));
    }

    [Fact]
    public void Follow_KeepsWhatWasLearned_OfThoseThatStay()
    {
        _pool.Follow([Destination("a", 0), Destination("b", 0)]);
        Of("a").Latency.Observe(TimeSpan.FromSeconds(1));
        Of("b").Latency.Observe(TimeSpan.FromSeconds(1));

        _pool.Follow([Destination("a", 0)]);
        _pool.Follow([Destination("a", 0), Destination("b", 0, weight: 7)]);

        Assert.Equal(1, Of("a").Latency.Seconds, 6);
        Assert.Equal(0, Of("b").Latency.Seconds);
        Assert.Equal(7, Of("b").Weight);
    }

    [Fact]
    public void Pick_AmongMoreThanFitTheStack_FindsEach()
    {
        _pool.Follow([.. Enumerable.Range(0, 100).Select(i => Destination($"u{i:000}", 0))]);

        Assert.Equal(100, Enumerable.Range(0, 100).Select(_ => _pool.Pick(_policy, 0, TimeSpan.Zero, null)!.Id).Distinct().Count());
    }

    private Upstream Of(string id) => Assert.Single(_pool.Upstreams.ToArray(), u => u.Id == id);

    private string Picks(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => _pool.Pick(_policy, 0, TimeSpan.Zero, null)!.Id).Order());

    private static DestinationState Destination(string id, int priority, int weight = 1) => new(id, new DestinationModel(new DestinationConfig
    {
        Address = $"http://{id}",
        Metadata = new Dictionary<string, string>
        {
            [UpstreamPool.PriorityKey] = priority.ToString(CultureInfo.InvariantCulture),
            [UpstreamPool.WeightKey] = weight.ToString(CultureInfo.InvariantCulture),
        },
    }));
}
