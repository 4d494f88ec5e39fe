using Microsoft.Extensions.Time.Testing;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;

namespace Sidecars.Ambassador.Tests.Tcp;

public sealed class UpstreamPickerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TcpUpstream[] _upstreams = [new("a:1"), new("b:1"), new("c:1")];

    [Fact]
    public void RoundRobin_TakesTurns()
    {
        var picker = new UpstreamPicker(_upstreams, TcpLoadBalancing.RoundRobin, _time);

        Assert.Equal(["a:1", "b:1", "c:1", "a:1"], Enumerable.Range(0, 4).Select(_ => picker.Pick([])!.Address));
    }

    [Fact]
    public void LeastConnections_TakesTheFewest_AndTurnsAmongEquals()
    {
        var picker = new UpstreamPicker(_upstreams, TcpLoadBalancing.LeastConnections, _time);
        _upstreams[0].Enter();

        Assert.Equal(2, Enumerable.Range(0, 6).Select(_ => picker.Pick([])!.Address).Distinct().Count());
        _upstreams[1].Enter();
        _upstreams[2].Enter();
        _upstreams[2].Leave();
        Assert.Equal("c:1", picker.Pick([])!.Address);
    }

    [Theory]
    [InlineData(TcpLoadBalancing.RoundRobin)]
    [InlineData(TcpLoadBalancing.LeastConnections)]
    internal void Pick_PassesOverWhatWasTried_UntilNothingIsLeft(TcpLoadBalancing balancing)
    {
        var picker = new UpstreamPicker(_upstreams, balancing, _time);
        var tried = new List<TcpUpstream>();
        while (picker.Pick(tried) is { } next)
        {
            tried.Add(next);
        }

        Assert.Equal(3, tried.Distinct().Count());
    }

    [Theory]
    [InlineData(TcpLoadBalancing.RoundRobin)]
    [InlineData(TcpLoadBalancing.LeastConnections)]
    internal void Priority_DecidesWhileItsServersCanBeUsed(TcpLoadBalancing balancing)
    {
        TcpUpstream[] upstreams = [new("replica:1", 1), new("primary:1"), new("last:1", 2)];
        var picker = new UpstreamPicker(upstreams, balancing, _time);
        upstreams[1].Enter();
        string[] Picked() => [.. Enumerable.Range(0, 4).Select(_ => picker.Pick([])!.Address).Distinct()];

        Assert.Equal(["primary:1"], Picked());
        upstreams[1].IsHealthy = false;
        Assert.Equal(["replica:1"], Picked());
        upstreams[1].IsHealthy = true;
        Assert.Equal(["primary:1"], Picked());
    }

    [Fact]
    public void FailedConnect_PutsAServerBehindTheOthers_ForAWhile()
    {
        var picker = new UpstreamPicker(_upstreams, TcpLoadBalancing.LeastConnections, _time);
        _upstreams[1].Enter();
        _upstreams[2].Enter();
        Assert.True(_upstreams[0].Note(failed: true, _time));

        Assert.DoesNotContain("a:1", Enumerable.Range(0, 6).Select(_ => picker.Pick([])!.Address));
        Assert.Equal("a:1", picker.Pick([_upstreams[1], _upstreams[2]])!.Address);
        _time.Advance(TcpUpstream.LeftOutFor);
        Assert.Equal("a:1", picker.Pick([])!.Address);
    }

    [Fact]
    public void NoUpstreams_GiveNone() => Assert.Null(new UpstreamPicker([], TcpLoadBalancing.RoundRobin, _time).Pick([]));
}
