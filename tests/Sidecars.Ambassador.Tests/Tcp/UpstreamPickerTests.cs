using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;

namespace Sidecars.Ambassador.Tests.Tcp;

public sealed class UpstreamPickerTests
{
    private readonly TcpUpstream[] _upstreams = [new("a:1"), new("b:1"), new("c:1")];

    [Fact]
    public void RoundRobin_TakesTurns()
    {
        var picker = new UpstreamPicker(_upstreams, TcpLoadBalancing.RoundRobin);

        Assert.Equal(["a:1", "b:1", "c:1", "a:1"], Enumerable.Range(0, 4).Select(_ => picker.Pick([])!.Address));
    }

    [Fact]
    public void LeastConnections_TakesTheFewest_AndTurnsAmongEquals()
    {
        var picker = new UpstreamPicker(_upstreams, TcpLoadBalancing.LeastConnections);
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
        var picker = new UpstreamPicker(_upstreams, balancing);
        var tried = new List<TcpUpstream>();
        while (picker.Pick(tried) is { } next)
        {
            tried.Add(next);
        }

        Assert.Equal(3, tried.Distinct().Count());
    }
}
