using System.Security.Cryptography;
using Sidecars.Ambassador.Tests.Http;

namespace Sidecars.Ambassador.Tests.Resilience;

public sealed class RetryTests(RetryTests.Fixture fixture) : IClassFixture<RetryTests.Fixture>, IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Ambassador _ambassador = fixture.Ambassador;

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("GET", 0, false, true)]
    [InlineData("PUT", 3000, false, true)]
    [InlineData("PUT", 70000, false, false)]
    [InlineData("POST", 3000, false, false)]
    [InlineData("POST", 3000, true, true)]
    public async Task Reset_IsRepeated_WhereThatIsSafeAndTheBodyIsStillThere(string method, int length, bool hasKey, bool isRepeated)
    {
        var bytes = Origin.Bytes(length);
        using var request = new HttpRequestMessage(new HttpMethod(method), _ambassador.Url(1, $"/resets-first?id={method}-{length}-{hasKey}"));
        request.Content = length == 0 ? null : new ByteArrayContent(bytes);
        if (hasKey)
        {
            request.Headers.Add("Idempotency-Key", "1");
        }

        using var response = await _client.SendAsync(request);

        Assert.Equal(isRepeated ? HttpStatusCode.OK : HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(isRepeated ? Convert.ToHexString(SHA256.HashData(bytes)) : null, isRepeated ? await response.Content.ReadAsStringAsync() : null);
        Assert.Equal(isRepeated, !response.Headers.Contains("sidecars-reason"));
    }

    [Fact]
    public async Task Reset_OfABodyWithoutALength_IsRepeatedToo()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, _ambassador.Url(1, "/resets-first?id=chunked")) { Content = new ByteArrayContent(Origin.Bytes(9000)) };
        request.Headers.TransferEncodingChunked = true;
        using var response = await _client.SendAsync(request);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(Origin.Bytes(9000))), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Status_IsRepeated_OnlyWhereItIsNamed()
    {
        using var named = await _client.GetAsync(_ambassador.Url(2, "/busy-first?named"));
        using var other = await _client.GetAsync(_ambassador.Url(1, "/busy-first?other"));

        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode);
        Assert.Equal("come again", await other.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Status_ThatStays_IsPassedOnInTheEnd()
    {
        fixture.Bad.Instead = async context =>
        {
            context.Response.StatusCode = 503;
            await context.Response.Body.WriteAsync("still busy"u8.ToArray());
        };
        var before = fixture.Bad.Requests;
        using var response = await _client.GetAsync(_ambassador.Url(3));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("still busy", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("sidecars-reason"));
        Assert.Equal(3, fixture.Bad.Requests - before);
    }

    [Fact]
    public async Task Budget_ThatIsUsedUp_EndsTheRepetitions()
    {
        using var response = await _client.GetAsync(_ambassador.Url(4, "/busy-first?budget"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(1, await _ambassador.MetricAsync("sidecars_ambassador_http_retry_budget_exhausted_total", ("service", "poor")));
    }

    [Fact]
    public async Task HungUpstream_CostsATry_NotTheRequest()
    {
        using var response = await _client.GetAsync(_ambassador.Url(5, "/show"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(await _ambassador.MetricAsync("sidecars_ambassador_http_upstream_errors_total", ("service", "hung"), ("reason", "try_timeout")) >= 1);
    }

    [Fact]
    public async Task TryTimeout_OfEveryTry_Answers504()
    {
        using var response = await _client.GetAsync(_ambassador.Url(6, "/hold?try"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(["try_timeout"], response.Headers.GetValues("sidecars-reason"));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal Origin Good { get; private set; } = null!;

        internal Origin Bad { get; private set; } = null!;

        internal Origin Hung { get; private set; } = null!;

        internal Ambassador Ambassador { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Good = await Origin.StartAsync();
            Bad = await Origin.StartAsync();
            Hung = await Origin.StartAsync();
            Hung.Instead = context => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
            Ambassador = await Ambassador.StartAsync($$"""
                services:
                  - name: plain
                    listen: 127.0.0.1:$1
                    http: { upstreams: [ "http://127.0.0.1:{{Good.Port}}" ] }
                  - name: statuses
                    listen: 127.0.0.1:$2
                    http: { upstreams: [ "http://127.0.0.1:{{Good.Port}}" ], retry: { statuses: [ 503 ] } }
                  - name: bad
                    listen: 127.0.0.1:$3
                    http: { upstreams: [ "http://127.0.0.1:{{Bad.Port}}" ], retry: { statuses: [ 503 ] } }
                  - name: poor
                    listen: 127.0.0.1:$4
                    http: { upstreams: [ "http://127.0.0.1:{{Good.Port}}" ], retry: { statuses: [ 503 ], budget_percent: 0, budget_per_second: 0 } }
                  - name: hung
                    listen: 127.0.0.1:$5
                    http:
                      try_timeout: 5s
                      upstreams: [ "http://127.0.0.1:{{Hung.Port}}", { address: "http://127.0.0.1:{{Good.Port}}", priority: 1 } ]
                  - name: late
                    listen: 127.0.0.1:$6
                    http: { upstreams: [ "http://127.0.0.1:{{Good.Port}}" ], try_timeout: 200ms, retry: { limit: 1 } }
                """);
        }

        public async ValueTask DisposeAsync()
        {
            await Ambassador.DisposeAsync();
            await Good.DisposeAsync();
            await Bad.DisposeAsync();
            await Hung.DisposeAsync();
        }
    }
}
