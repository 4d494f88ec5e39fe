namespace Sidecars.Ambassador.Tests.Faults;

/// <summary>
/// Servers that fail one after the other, and a configuration that changes, while requests come at a steady rate: with the
/// retries that are the default none of them fails. A little load here, much of it with <c>eng/faults.sh --ambassador</c>.
/// </summary>
public sealed class FaultsUnderLoadTests : IAsyncLifetime
{
    private Upstreams _upstreams = null!;

    public async ValueTask InitializeAsync() => _upstreams = await Upstreams.StartAsync();

    public ValueTask DisposeAsync() => _upstreams.DisposeAsync();

    [Fact]
    public async Task Servers_KilledAndStartedAnew_CostNoRequest()
    {
        await using var ambassador = await Ambassador.StartAsync(Services(_upstreams.Direct));
        await using var load = await BeginAsync(ambassador);

        for (var i = 0; i < _upstreams.Servers.Count; i++)
        {
            await _upstreams.Servers[i].KillAsync();
            await load.GoOnAsync(FaultSettings.RequestsPerFault);
            await _upstreams.RestartAsync(i);
            await ServedAsync(i);
        }

        await AllAnsweredAsync(load);
    }

    [Fact]
    public async Task Servers_RestartedInPeace_CostNoRequest()
    {
        await using var ambassador = await Ambassador.StartAsync(Services(_upstreams.Direct));
        await using var load = await BeginAsync(ambassador);

        for (var i = 0; i < _upstreams.Servers.Count; i++)
        {
            await _upstreams.RestartAsync(i);
            await ServedAsync(i);
        }

        await AllAnsweredAsync(load);
    }

    /// <summary>A hung server looks like a slow one until a time says otherwise: <c>try_timeout</c> has no default.</summary>
    [Fact]
    public async Task Servers_ThatHang_CostNoRequest()
    {
        await using var ambassador = await Ambassador.StartAsync(Services(_upstreams.Direct, TryTimeout));
        await using var load = await BeginAsync(ambassador);

        for (var i = 0; i < _upstreams.Servers.Count; i++)
        {
            _upstreams.Servers[i].Freeze();
            await load.GoOnAsync(FaultSettings.RequestsPerFault);
            _upstreams.Servers[i].Thaw();
            await load.GoOnAsync(FaultSettings.RequestsPerFault);
        }

        await AllAnsweredAsync(load);
    }

    [Theory]
    [InlineData(nameof(PathFault.Reset))]
    [InlineData(nameof(PathFault.Cut))]
    [InlineData(nameof(PathFault.Slow))]
    [InlineData(nameof(PathFault.HalfOpen))]
    public async Task Paths_ThatFail_CostNoRequest(string name)
    {
        var fault = Enum.Parse<PathFault>(name);
        await using var ambassador = await Ambassador.StartAsync(Services(_upstreams.ByPath, fault == PathFault.HalfOpen ? TryTimeout : ""));
        await using var load = await BeginAsync(ambassador);

        foreach (var path in _upstreams.Paths)
        {
            path.Fault = fault;
            await load.GoOnAsync(FaultSettings.RequestsPerFault);
            await Eventually.True(() => path.Struck > 0, TimeSpan.FromSeconds(90));
            path.Fault = PathFault.None;
            await load.GoOnAsync(FaultSettings.RequestsPerFault);
        }

        await AllAnsweredAsync(load);
    }

    [Fact]
    public async Task Configuration_ReadAgain_CostsNoRequest()
    {
        await using var ambassador = await Ambassador.StartAsync(Services(_upstreams.Direct));
        await using var load = await BeginAsync(ambassador);
        var first = _upstreams.Direct[.._upstreams.Direct.IndexOf(',', StringComparison.Ordinal)];

        foreach (var services in (string[])[
            Services(first),
            Services(_upstreams.Direct, "idle_connection_timeout: 1s"),
            Services(_upstreams.Direct, "circuit_breaker: {}") + Other,
            Services(_upstreams.Direct, "routes: [ { name: all, match: { path_prefix: / } } ]"),
            Services(_upstreams.Direct)])
        {
            Assert.Equal(HttpStatusCode.OK, (await ambassador.ReloadAsync(services)).Status);
            await load.GoOnAsync(FaultSettings.RequestsPerFault);
        }

        await AllAnsweredAsync(load);
    }

    private static string TryTimeout => $"try_timeout: {FaultSettings.TryTimeout}s";

    private static string Other => """

          - name: other
            listen: 127.0.0.1:$2
            tcp: { upstreams: [ '127.0.0.1:9' ] }
        """;

    private static string Services(string upstreams, string more = "") => $$"""
        access_log: errors
        services:
          - name: web
            listen: 127.0.0.1:$1
            http:
              upstreams: [ {{upstreams}} ]
              {{more}}
        """;

    /// <summary>Load that the ambassador has got used to: the retry budget is a share of what went before.</summary>
    private static async Task<Load> BeginAsync(Ambassador ambassador)
    {
        var load = new Load(ambassador.Url(1));
        await load.GoOnAsync(FaultSettings.RequestsPerFault);
        return load;
    }

    private static async Task AllAnsweredAsync(Load load)
    {
        var answers = await load.EndAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Answered} requests");
        Assert.Equal("200 Hello, world!", Assert.Single(answers).Key);
    }

    /// <summary>Waits until the server that began anew has its part of the load.</summary>
    private Task ServedAsync(int server) =>
        Eventually.True(() => File.Exists(_upstreams.Servers[server].AccessLog) && File.ReadLines(_upstreams.Servers[server].AccessLog).Any(), TimeSpan.FromSeconds(90));
}
