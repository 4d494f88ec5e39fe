using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tests.Discovery;

public sealed class WatchedNameTests : IDisposable
{
    private static readonly DnsAnswer Denial = new(DnsResult.NoSuchName, [], TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new();
    private readonly DnsOptions _options = new();
    private readonly WatchedName _name;
    private int _changes;

    public WatchedNameTests() => _name = new WatchedName(
        new DnsQuestion("api.test", false),
        () => _options,
        (_, _, _) => throw new NotSupportedException(),
        () => _changes++,
        new DnsMetrics(Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry())),
        _time,
        NullLogger.Instance);

    public void Dispose() => _name.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(30, 30)]
    [InlineData(86400, 300)]
    public void Ttl_IsHonouredWithinTheBounds(int ttl, int pause) =>
        Assert.Equal(TimeSpan.FromSeconds(pause), _name.Take(Good(ttl, "10.0.0.1"), _options));

    [Fact]
    public void Failures_AreRepeatedEverLater_AndHalfAMinuteAtMost()
    {
        var pauses = Enumerable.Range(0, 7).Select(_ => _name.Take(DnsAnswer.Failed("x"), _options).TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], pauses);
    }

    [Fact]
    public void Failure_KeepsTheLastGoodAnswer_ForABoundedTime()
    {
        _name.Take(Good(5, "10.0.0.1"), _options);
        _time.Advance(_options.Keep - TimeSpan.FromSeconds(1));
        _name.Take(DnsAnswer.Failed("x"), _options);
        Assert.Single(_name.Current.Servers);

        _time.Advance(TimeSpan.FromSeconds(1));
        _name.Take(DnsAnswer.Failed("x"), _options);

        Assert.Empty(_name.Current.Servers);
        Assert.Equal(2, _changes);
    }

    [Fact]
    public void Denial_CountsWhenItIsRepeated()
    {
        _name.Take(Good(5, "10.0.0.1"), _options);
        _name.Take(Denial, _options);
        Assert.Single(_name.Current.Servers);

        _name.Take(DnsAnswer.Failed("x"), _options);
        _name.Take(Denial, _options);
        Assert.Single(_name.Current.Servers);

        _name.Take(Denial, _options);
        Assert.Empty(_name.Current.Servers);
    }

    [Fact]
    public void SameServers_AreNoChange()
    {
        _name.Take(Good(5, "10.0.0.1"), _options);
        _name.Take(Good(9, "10.0.0.1"), _options);

        Assert.Equal(1, _changes);
    }

    [Fact]
    public void FirstAnswer_IsThere_AlsoWhenItIsBad()
    {
        Assert.False(_name.FirstAnswer.IsCompleted);

        _name.Take(Denial, _options);

        Assert.True(_name.FirstAnswer.IsCompleted);
    }

    private static DnsAnswer Good(int ttl, params string[] addresses) =>
        new(DnsResult.Ok, [.. addresses.Select(a => new FoundServer(IPAddress.Parse(a)))], TimeSpan.FromSeconds(ttl));
}
