using Sidecars.Ambassador.Tests.Http;

namespace Sidecars.Ambassador.Tests.Balancing;

/// <summary>What the configuration says of balancing reaches the choice of a server.</summary>
public sealed class BalancingByConfigurationTests : IAsyncLifetime
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private Origin _one = null!;
    private Origin _two = null!;

    public async ValueTask InitializeAsync() => (_one, _two) = (await Origin.StartAsync(), await Origin.StartAsync());

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task OwnZone_ComesFirst_AndTheOtherStandsIn()
    {
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: api
                listen: 127.0.0.1:$1
                http:
                  zone: b
                  upstreams:
                    - { address: 'http://127.0.0.1:{{_one.Port}}', zone: a }
                    - { address: 'http://127.0.0.1:{{_two.Port}}', zone: b }
            """);

        await GetAsync(ambassador, 6);
        Assert.Equal((0, 6), (_one.Requests, _two.Requests));

        await _two.DisposeAsync();
        await GetAsync(ambassador, 6);
        Assert.Equal((6, 6), (_one.Requests, _two.Requests));
    }

    [Fact]
    public async Task LeastRequests_GoesWhereNothingIsUnderWay()
    {
        await using var ambassador = await StartAsync("least-requests");
        var held = _client.GetAsync(ambassador.Url(1, "/hold"));
        await Eventually.Equal(1, () => _one.Requests + _two.Requests);
        var (busy, idle) = _one.Requests == 1 ? (_one, _two) : (_two, _one);

        await GetAsync(ambassador, 5);

        Assert.Equal((1, 5), (busy.Requests, idle.Requests));
        busy.Release();
        using var answer = await held;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("{ by: source }", "", 1)]
    [InlineData("{ by: cookie, name: user }", "user", 2)]
    public async Task Hash_OfSourceOrCookie_KeepsToItsServer(string hash, string cookie, int servers)
    {
        await using var ambassador = await StartAsync("consistent-hash", more: $"hash: {hash}");
        var chosen = new List<int>();
        foreach (var user in Enumerable.Range(0, 40).Concat(Enumerable.Range(0, 40)))
        {
            var before = _one.Requests;
            using var request = new HttpRequestMessage(HttpMethod.Get, ambassador.Url(1));
            request.Headers.Add("Cookie", $"other={chosen.Count}; {cookie}={user}");
            using var response = await _client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            chosen.Add(_one.Requests - before);
        }

        Assert.Equal(chosen.Take(40), chosen.Skip(40));
        Assert.Equal(servers, chosen.Distinct().Count());
    }

    private Task<Ambassador> StartAsync(string policy, string more = "") => Ambassador.StartAsync($$"""
        services:
          - name: api
            listen: 127.0.0.1:$1
            http:
              load_balancing: {{policy}}
              {{more}}
              upstreams:
                - { address: 'http://127.0.0.1:{{_one.Port}}' }
                - { address: 'http://127.0.0.1:{{_two.Port}}' }
        """);

    private async Task GetAsync(Ambassador ambassador, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            using var response = await _client.GetAsync(ambassador.Url(1));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }
}
