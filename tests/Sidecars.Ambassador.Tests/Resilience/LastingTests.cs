using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Tests.Http;

namespace Sidecars.Ambassador.Tests.Resilience;

/// <summary>What was learnt outlives a reload that changes nothing of its own options; nothing here ends by itself within an hour.</summary>
public sealed class LastingTests : IAsyncLifetime
{
    private const string State = "sidecars_ambassador_http_breaker_state";
    private const string Breaker = "circuit_breaker: { minimum_requests: 2, window: 10m, open_for: 1h }";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private Origin _bad = null!;
    private Origin _good = null!;

    public async ValueTask InitializeAsync()
    {
        (_bad, _good) = (await Origin.StartAsync(), await Origin.StartAsync());
        _bad.Instead = context =>
        {
            context.Response.StatusCode = context.Request.Path == "/well" ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _bad.DisposeAsync();
        await _good.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task Breaker_StaysOpen_UntilItsOwnOptionsChange()
    {
        await using var ambassador = await Ambassador.StartAsync(Text(_bad, Breaker));
        await StatusAsync(ambassador, 500, 500, 503);

        await ReloadAsync(ambassador, Text(_bad, $"{Breaker}, timeout: 9s, retry: {{ limit: 1 }}"));
        await StatusAsync(ambassador, 503);
        Assert.Equal(2, await ambassador.MetricAsync(State, ("service", "api"), ("route", "")));

        await ReloadAsync(ambassador, Text(_bad, Breaker.Replace("1h", "50m", StringComparison.Ordinal)));
        Assert.Equal(0, await ambassador.MetricAsync(State, ("service", "api")));
        await StatusAsync(ambassador, 500, 500, 503);

        await ReloadAsync(ambassador, Text(_bad, "timeout: 9s"));
        Assert.Equal(0, await ambassador.MetricAsync(State, ("service", "api")));
        await StatusAsync(ambassador, 500);
    }

    [Theory]
    [InlineData("circuit_breaker: { minimum_requests: 2, window: 10m, open_for: 50m }")]
    [InlineData("timeout: 9s")]
    public async Task Breaker_OfBefore_ShowsNothingWhenItsLastRequestFails(string after)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bad.Instead = async context =>
        {
            await (context.Request.Path == "/held" ? held.Task : Task.CompletedTask);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        };
        await using var ambassador = await Ambassador.StartAsync(Text(_bad, Breaker));
        await StatusAsync(ambassador, 500);
        var last = StatusAsync(ambassador, "/held", 500);
        await Eventually.True(() => _bad.Requests == 2, TimeSpan.FromSeconds(60));

        await ReloadAsync(ambassador, Text(_bad, after));
        held.SetResult();
        await last;

        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_http_requests_in_flight", ("service", "api")) == 0, TimeSpan.FromSeconds(60));
        Assert.Equal(0, await ambassador.MetricAsync(State, ("service", "api"), ("route", "")));
    }

    [Fact]
    public async Task Limits_GoOnCounting_UntilTheirOwnOptionsChange()
    {
        const string Limits = "limits: { requests_per_second: 0.0001, burst: 2 }";
        await using var ambassador = await Ambassador.StartAsync(Text(_good, Limits));
        await StatusAsync(ambassador, 200);

        await ReloadAsync(ambassador, Text(_good, $"{Limits}, timeout: 9s"));
        await StatusAsync(ambassador, 200, 429);

        await ReloadAsync(ambassador, Text(_good, Limits.Replace("burst: 2", "burst: 1", StringComparison.Ordinal)));
        await StatusAsync(ambassador, 200, 429);
    }

    [Fact]
    public async Task EjectedServer_StaysOut()
    {
        const string Ejection = "load_balancing: round-robin, outlier_ejection: { consecutive5xx: 1, eject_for: 1h, eject_for_at_most: 1h }";
        await using var ambassador = await Ambassador.StartAsync(Text(_bad, Ejection, _good));
        await Eventually.True(async () => (await _client.GetAsync(ambassador.Url(1))).StatusCode == HttpStatusCode.InternalServerError);

        await ReloadAsync(ambassador, Text(_bad, $"{Ejection}, timeout: 9s", _good));
        await StatusAsync(ambassador, 200, 200, 200, 200);

        Assert.Equal(1, _bad.Requests);
    }

    [Fact]
    public async Task RoutesOwnBreaker_LeavesTheOthersAlone()
    {
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: api
                listen: 127.0.0.1:$1
                http:
                  upstreams: [ 'http://127.0.0.1:{{_bad.Port.ToString(CultureInfo.InvariantCulture)}}' ]
                  {{Breaker}}
                  routes: [ { name: ill, match: { path: /ill }, {{Breaker}} }, { name: rest } ]
            """);

        await StatusAsync(ambassador, "/ill", 500, 500, 503);
        await StatusAsync(ambassador, "/well", 200, 200, 200);
        Assert.Equal((2, 0), (await ambassador.MetricAsync(State, ("route", "ill")), await ambassador.MetricAsync(State, ("route", ""))));
        await StatusAsync(ambassador, "/other", 500, 500, 500, 503);
        await StatusAsync(ambassador, "/well", 503);
    }

    [Fact]
    public void Things_AreKnownByTypeAndPlace_AndForgottenWhenNobodyAsks()
    {
        var lasting = new Lasting();
        var first = lasting.Of("a", "1", () => new List<int>());
        var other = lasting.Of("b", "1", () => new List<int>());
        Assert.NotSame(first, other);
        Assert.IsType<Dictionary<int, int>>(lasting.Of("a", "1", () => new Dictionary<int, int>()));
        Assert.Empty(lasting.ForgetOthers());

        Assert.Same(first, lasting.Of("a", "1", () => new List<int>()));
        Assert.Equal(2, lasting.ForgetOthers().Count);
        Assert.NotSame(first, lasting.Of("a", "2", () => new List<int>()));
    }

    [Fact]
    public void Replaced_IsToldBeforeTheNextIsMade()
    {
        var lasting = new Lasting();
        List<string> told = [];
        string Of(string options) => lasting.Of("a", options, () => Made(options), gone => told.Add($"ended {gone}"));
        string Made(string options)
        {
            told.Add($"made {options}");
            return options;
        }

        Of("1");
        Of("1");
        Of("2");

        Assert.Equal(["made 1", "ended 1", "made 2"], told);
    }

    private static string Text(Origin first, string options, Origin? second = null)
    {
        var servers = string.Join(", ", new[] { first, second }.OfType<Origin>().Select(o => $"'http://127.0.0.1:{o.Port.ToString(CultureInfo.InvariantCulture)}'"));
        return $$"""
            services:
              - name: api
                listen: 127.0.0.1:$1
                http: { upstreams: [ {{servers}} ], {{options}} }
            """;
    }

    private static async Task ReloadAsync(Ambassador ambassador, string text)
    {
        var (status, body) = await ambassador.ReloadAsync(text);
        Assert.True(status == HttpStatusCode.OK, body);
    }

    private Task StatusAsync(Ambassador ambassador, params int[] expected) => StatusAsync(ambassador, "/", expected);

    private async Task StatusAsync(Ambassador ambassador, string path, params int[] expected)
    {
        foreach (var status in expected)
        {
            using var response = await _client.GetAsync(ambassador.Url(1, path));
            Assert.Equal(status, (int)response.StatusCode);
        }
    }
}
