namespace Sidecars.Ambassador.Tests.Http;

public sealed class FailureTests(FailureTests.Fixture fixture) : IClassFixture<FailureTests.Fixture>, IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Origin _origin = fixture.Origin;
    private readonly Origin _second = fixture.Second;
    private readonly Ambassador _ambassador = fixture.Ambassador;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Upstream_ThatIsDown_CostsNoRequest_WhateverItsMethod()
    {
        var before = _origin.Requests;
        for (var i = 0; i < 10; i++)
        {
            using var body = new StringContent("a body");
            using var response = await _client.PostAsync(_ambassador.Url(1, "/hash"), body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(10, _origin.Requests - before);
        Assert.True(await _ambassador.MetricAsync("sidecars_ambassador_http_upstream_errors_total", ("service", "half"), ("reason", "connect")) >= 1);
        Assert.True(await _ambassador.MetricAsync("sidecars_ambassador_http_retries_total", ("service", "half")) >= 1);
    }

    [Fact]
    public Task Upstreams_ThatAreAllDown_Answer502() => FailsAsync(2, "/", HttpStatusCode.BadGateway, "connect");

    [Fact]
    public Task Upstream_WhoseNameDoesNotResolve_Answers503_AndDidNotKeepTheStart() => FailsAsync(3, "/", HttpStatusCode.ServiceUnavailable, "dns");

    [Fact]
    public Task Upstream_ThatSwallowsTheConnection_Answers504() => FailsAsync(7, "/", HttpStatusCode.GatewayTimeout, "connect_timeout");

    [Fact]
    public Task Upstream_ThatDoesNotAnswerInTime_Answers504() => FailsAsync(4, "/hold", HttpStatusCode.GatewayTimeout, "timeout");

    [Fact]
    public Task Upstream_ThatStandsStill_Answers504() => FailsAsync(5, "/hold", HttpStatusCode.GatewayTimeout, "idle_timeout");

    [Fact]
    public async Task Timeout_IsOverWhenTheHeadIsThere()
    {
        using var response = await _client.GetAsync(_ambassador.Url(4, "/halves?head"), HttpCompletionOption.ResponseHeadersRead);
        using var other = await _client.GetAsync(_ambassador.Url(4, "/hold"));
        Assert.Equal(HttpStatusCode.GatewayTimeout, other.StatusCode);

        // the other request has used up its 2 s since the first one began, and the first one goes on
        _origin.Release("?head");
        Assert.Equal("first,second", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task RoundRobin_SendsAsManyToEach()
    {
        var before = (First: _origin.Requests, Second: _second.Requests);
        for (var i = 0; i < 10; i++)
        {
            using var response = await _client.GetAsync(_ambassador.Url(6));
        }

        Assert.Equal((5, 5), (_origin.Requests - before.First, _second.Requests - before.Second));
    }

    [Fact]
    public async Task Application_ThatGoesAway_IsCountedAs499()
    {
        using var gone = new CancellationTokenSource();
        var request = _client.GetAsync(_ambassador.Url(1, "/hold?gone"), gone.Token);
        await _origin.WaitArrivedAsync("?gone");
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Eventually.True(async () => await _ambassador.MetricAsync("sidecars_ambassador_http_requests_total", ("service", "half"), ("code", "499")) == 1);
        await Eventually.True(async () => await _ambassador.MetricAsync("sidecars_ambassador_http_requests_in_flight") == 0);
    }

    private async Task FailsAsync(int listener, string path, HttpStatusCode status, string reason)
    {
        using var response = await _client.GetAsync(_ambassador.Url(listener, path));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal([reason], response.Headers.GetValues("sidecars-reason"));
        Assert.Contains($"({reason})", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Eventually.True(
            () => _ambassador.AccessLog.Any(l => l.GetProperty("Reason").GetString() == reason && l.GetProperty("Status").GetInt32() == (int)status));
        var metric = reason == "dns" ? "sidecars_ambassador_http_rejected_total" : "sidecars_ambassador_http_upstream_errors_total";
        Assert.True(await _ambassador.MetricAsync(metric, ("reason", reason)) >= 1);
        Assert.DoesNotContain("   at ", _ambassador.Process.Output, StringComparison.Ordinal);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly BlackHole _hole = new();

        internal Origin Origin { get; private set; } = null!;

        internal Origin Second { get; private set; } = null!;

        internal Ambassador Ambassador { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Origin = await Origin.StartAsync();
            Second = await Origin.StartAsync();
            Ambassador = await Ambassador.StartAsync($$"""
                services:
                  - name: half
                    listen: 127.0.0.1:$1
                    http: { upstreams: [ "http://127.0.0.1:$9", "http://127.0.0.1:{{Origin.Port}}" ], load_balancing: round-robin }
                  - name: down
                    listen: 127.0.0.1:$2
                    http: { upstreams: [ "http://127.0.0.1:$9", "http://127.0.0.1:$8" ] }
                  - name: nameless
                    listen: 127.0.0.1:$3
                    http: { upstreams: [ "http://no-such-name.invalid" ] }
                  - name: hurried
                    listen: 127.0.0.1:$4
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ], timeout: 2s }
                  - name: lively
                    listen: 127.0.0.1:$5
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ], idle_timeout: 300ms }
                  - name: swallowed
                    listen: 127.0.0.1:$7
                    http: { upstreams: [ "http://127.0.0.1:{{_hole.Port}}" ], connect_timeout: 200ms }
                  - name: turns
                    listen: 127.0.0.1:$6
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}", "http://127.0.0.1:{{Second.Port}}" ], load_balancing: round-robin }
                """);
        }

        public async ValueTask DisposeAsync()
        {
            await Ambassador.DisposeAsync();
            await Origin.DisposeAsync();
            await Second.DisposeAsync();
            _hole.Dispose();
        }
    }
}
