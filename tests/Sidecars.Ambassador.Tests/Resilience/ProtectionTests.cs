using Microsoft.AspNetCore.Http;
using Sidecars.Ambassador.Tests.Http;

namespace Sidecars.Ambassador.Tests.Resilience;

public sealed class ProtectionTests(ProtectionTests.Fixture fixture) : IClassFixture<ProtectionTests.Fixture>, IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Ambassador _ambassador = fixture.Ambassador;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Rate_AboveTheLimit_Answers429_AndSaysWhenToComeAgain()
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(_ambassador.Url(1))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(_ambassador.Url(1))).StatusCode);

        using var refused = await _client.GetAsync(_ambassador.Url(1));

        await IsAsync(refused, 429, "rate_limit");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 1000);
    }

    [Fact]
    public async Task Requests_AboveTheNumberAtATime_Answer429()
    {
        var held = _client.GetAsync(_ambassador.Url(2, "/hold?concurrent"));
        await fixture.Origin.WaitArrivedAsync("?concurrent");

        using var refused = await _client.GetAsync(_ambassador.Url(2));
        fixture.Origin.Release("?concurrent");

        await IsAsync(refused, 429, "concurrency_limit");
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await held).StatusCode);
        await Eventually.True(async () => (await _client.GetAsync(_ambassador.Url(2))).IsSuccessStatusCode, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Breaker_OpensAfterFailures_AndRefusesWithoutASend()
    {
        fixture.Bad.Instead = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await _client.GetAsync(_ambassador.Url(3))).StatusCode);
        }

        var before = fixture.Bad.Requests;
        using var refused = await _client.GetAsync(_ambassador.Url(3));

        await IsAsync(refused, 503, "circuit_open");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(before, fixture.Bad.Requests);
        Assert.Equal(2, await _ambassador.MetricAsync("sidecars_ambassador_http_breaker_state", ("service", "breaker")));
    }

    [Fact]
    public async Task Breaker_BoundsWhatIsUnderWay_AndWhatWaits()
    {
        var first = _client.GetAsync(_ambassador.Url(4, "/hold?pending"));
        await fixture.Origin.WaitArrivedAsync("?pending");
        Task<HttpResponseMessage>[] two = [_client.GetAsync(_ambassador.Url(4, "/one")), _client.GetAsync(_ambassador.Url(4, "/other"))];

        // one of them waits as long as the first is held, whichever was there before the other
        var refused = await Task.WhenAny(two);
        await IsAsync(await refused, 503, "pending_limit");
        Assert.Equal(TimeSpan.FromSeconds(1), (await refused).Headers.RetryAfter?.Delta);
        fixture.Origin.Release("?pending");

        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await two.Single(t => t != refused)).StatusCode);
    }

    [Fact]
    public async Task Fault_IsMadeForThoseItIsMeantFor()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(5));
        request.Headers.Add("X-Fault", "abort");
        using var aborted = await _client.SendAsync(request);
        using var slow = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(5));
        slow.Headers.Add("X-Fault", "delay");
        using var delayed = await _client.SendAsync(slow);
        using var spared = await _client.GetAsync(_ambassador.Url(5));

        await IsAsync(aborted, 418, "fault");
        Assert.Equal(HttpStatusCode.OK, delayed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, spared.StatusCode);
        Assert.Equal(1, await _ambassador.MetricAsync("sidecars_ambassador_http_faults_total", ("service", "faults"), ("kind", "abort")));
        Assert.Equal(1, await _ambassador.MetricAsync("sidecars_ambassador_http_faults_total", ("service", "faults"), ("kind", "delay")));
    }

    [Fact]
    public async Task Upstream_ThatAnswersBadly_IsEjected()
    {
        fixture.Bad.Instead = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 4; i++)
        {
            using var response = await _client.GetAsync(_ambassador.Url(6));
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(_ambassador.Url(6))).StatusCode);
        }

        Assert.Equal(1, await _ambassador.MetricAsync("sidecars_ambassador_http_ejections_total", ("service", "outlier"), ("reason", "consecutive_5xx")));
    }

    [Fact]
    public async Task HealthChecks_TakeAServerOut_AndBringItBack()
    {
        fixture.Checked.Instead = context => Answer(context, 503, "unwell");
        await Eventually.True(async () => await BodyAsync() == "other", TimeSpan.FromSeconds(60));

        fixture.Checked.Instead = context => Answer(context, 200, "well");
        await Eventually.True(async () => await BodyAsync() == "well", TimeSpan.FromSeconds(60));
        Assert.True(await _ambassador.MetricAsync("sidecars_ambassador_http_ejections_total", ("service", "checked"), ("reason", "health_check")) >= 1);

        Task<string> BodyAsync() => _client.GetStringAsync(_ambassador.Url(7, "/fixed"));
    }

    [Fact]
    public async Task SameKey_GoesToTheSameServer()
    {
        var servers = new List<string>();
        foreach (var user in Enumerable.Range(0, 40).Concat(Enumerable.Range(0, 40)))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(8));
            request.Headers.Add("X-User", $"user-{user}");
            using var response = await _client.SendAsync(request);
            servers.Add((await response.Content.ReadAsStringAsync()).Split("Host: ")[1].Split('\n')[0]);
        }

        Assert.Equal(servers.Take(40), servers.Skip(40));
        Assert.Equal(2, servers.Distinct().Count());
    }

    private static Task Answer(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text);
    }

    /// <summary>A rejection says why in its header, in its body and in the metric.</summary>
    private async Task IsAsync(HttpResponseMessage response, int status, string reason)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal([reason], response.Headers.GetValues("sidecars-reason"));
        Assert.Contains($"({reason})", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await _ambassador.MetricAsync("sidecars_ambassador_http_rejected_total", ("reason", reason)) >= 1);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal Origin Origin { get; private set; } = null!;

        internal Origin Bad { get; private set; } = null!;

        internal Origin Checked { get; private set; } = null!;

        internal Origin Other { get; private set; } = null!;

        internal Ambassador Ambassador { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Origin = await Origin.StartAsync();
            Bad = await Origin.StartAsync();
            Checked = await Origin.StartAsync();
            Other = await Origin.StartAsync();
            Other.Instead = context => Answer(context, 200, "other");
            Ambassador = await Ambassador.StartAsync($$"""
                services:
                  - name: rate
                    listen: 127.0.0.1:$1
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ], limits: { requests_per_second: 0.001, burst: 2 } }
                  - name: concurrent
                    listen: 127.0.0.1:$2
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ], limits: { concurrent: 1 } }
                  - name: breaker
                    listen: 127.0.0.1:$3
                    http:
                      upstreams: [ "http://127.0.0.1:{{Bad.Port}}" ]
                      circuit_breaker: { minimum_requests: 3, window: 10m, open_for: 1h }
                  - name: pending
                    listen: 127.0.0.1:$4
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ], circuit_breaker: { max_requests: 1, max_pending: 1 } }
                  - name: faults
                    listen: 127.0.0.1:$5
                    http:
                      upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ]
                      faults:
                        - { header: X-Fault, header_value: abort, abort_status: 418 }
                        - { header: X-Fault, header_value: delay, delay: 50ms }
                        - { percent: 0, abort_status: 500 }
                  - name: outlier
                    listen: 127.0.0.1:$6
                    http:
                      upstreams: [ "http://127.0.0.1:{{Bad.Port}}", "http://127.0.0.1:{{Origin.Port}}" ]
                      load_balancing: round-robin
                      outlier_ejection: { consecutive5xx: 2, eject_for: 1h }
                  - name: checked
                    listen: 127.0.0.1:$7
                    http:
                      upstreams: [ "http://127.0.0.1:{{Checked.Port}}", { address: "http://127.0.0.1:{{Other.Port}}", priority: 1 } ]
                      health_check: { path: /healthz, interval: 100ms, timeout: 1m }
                  - name: sticky
                    listen: 127.0.0.1:$8
                    http:
                      upstreams: [ "http://127.0.0.1:{{Origin.Port}}", "http://localhost:{{Origin.Port}}" ]
                      load_balancing: consistent-hash
                      hash: { by: header, name: X-User }
                """);
        }

        public async ValueTask DisposeAsync()
        {
            await Ambassador.DisposeAsync();
            await Origin.DisposeAsync();
            await Bad.DisposeAsync();
            await Checked.DisposeAsync();
            await Other.DisposeAsync();
        }
    }
}
