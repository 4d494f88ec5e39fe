using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sidecars.Ambassador.Tests.Http;

namespace Sidecars.Ambassador.Tests.Resilience;

/// <summary>The first server of each service is the one that is asked first; where it hangs, the next one is.</summary>
public sealed class HedgeTests : IAsyncLifetime
{
    private const string Hedges = "sidecars_ambassador_http_hedges_total";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(100) };
    private Origin _first = null!;
    private Origin _second = null!;

    public async ValueTask InitializeAsync() => (_first, _second) = (await Origin.StartAsync(), await Origin.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task LateAnswer_IsOvertakenByAnotherServers_AndGivenUp()
    {
        var givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _first.Instead = context => HangAsync(context, givenUp);
        await using var ambassador = await StartAsync("after: 5ms");

        var answer = await _client.GetStringAsync(ambassador.Url(1, "/items?x=1"));

        Assert.StartsWith("GET /items?x=1\n", answer, StringComparison.Ordinal);
        Assert.Contains($"Host: 127.0.0.1:{_second.Port}\n", answer, StringComparison.Ordinal);
        await givenUp.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, await ambassador.MetricAsync(Hedges, ("result", "won")));
        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_http_upstream_errors_total"));
        await Eventually.True(() => ambassador.AccessLog.Count == 1);
        var entry = ambassador.AccessLog[0];
        Assert.Equal((2, $"http://127.0.0.1:{_second.Port}"), (entry.GetProperty("Tries").GetInt32(), entry.GetProperty("Upstream").GetString()));
    }

    [Fact]
    public async Task AnswerOf5xx_IsNotTaken_WhileAnotherIsUnderWay()
    {
        _second.Instead = BusyAsync;
        await using var ambassador = await StartAsync("after: 5ms");

        var answer = _client.GetStringAsync(ambassador.Url(1, "/hold"));
        await _first.WaitArrivedAsync();
        await Eventually.True(() => _second.Requests == 1);
        _first.Release();

        Assert.Equal("held", await answer);
        Assert.Equal(1, await ambassador.MetricAsync(Hedges, ("result", "lost")));
    }

    [Fact]
    public async Task Failure_OfAll_IsPassedOn_WithTheAnswerThereIs()
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _first.Instead = async context =>
        {
            await broken.Task;
            context.Abort();
        };
        _second.Instead = BusyAsync;
        await using var ambassador = await StartAsync("after: 5ms");

        var answer = _client.GetAsync(ambassador.Url(1));
        await Eventually.True(() => _second.Requests == 1);
        broken.SetResult();

        using var response = await answer;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "busy"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal(1, await ambassador.MetricAsync("sidecars_ambassador_http_upstream_errors_total", ("reason", "upstream_closed")));
    }

    [Fact]
    public async Task ThirdServer_IsAskedWhereTheSecondHangsToo()
    {
        await using var third = await Origin.StartAsync();
        _first.Instead = context => HangAsync(context, null);
        _second.Instead = context => HangAsync(context, null);
        await using var ambassador = await StartAsync("after: 5ms, max: 2", third.Port);

        var answer = await _client.GetStringAsync(ambassador.Url(1));

        Assert.Contains($"Host: 127.0.0.1:{third.Port}\n", answer, StringComparison.Ordinal);
        Assert.Equal((1, 1), (await ambassador.MetricAsync(Hedges, ("result", "won")), await ambassador.MetricAsync(Hedges, ("result", "lost"))));
    }

    [Fact]
    public async Task RequestThatMayNotBeRepeated_GoesToOneServerOnly()
    {
        await using var ambassador = await StartAsync("after: 1ms");
        using var body = new StringContent("once");

        var post = _client.PostAsync(ambassador.Url(1, "/hold?post"), null);
        var put = _client.PutAsync(ambassador.Url(1, "/hold?put"), body);
        await _first.WaitArrivedAsync("?post");
        await _first.WaitArrivedAsync("?put");

        // this one is, and so much later than they could have been
        var get = _client.GetStringAsync(ambassador.Url(1, "/hold?get"));
        await _second.WaitArrivedAsync("?get");
        _second.Release("?get");
        Assert.Equal("held", await get);
        _first.Release("?post");
        _first.Release("?put");

        Assert.Equal(["held", "held"], [await (await post).Content.ReadAsStringAsync(), await (await put).Content.ReadAsStringAsync()]);
        Assert.Equal(1, _second.Requests);
    }

    [Fact]
    public async Task RetryBudget_HoldsForHedges()
    {
        await using var ambassador = await StartAsync("after: 1ms", retry: "limit: 0, budget_percent: 0, budget_per_second: 0");

        var answer = _client.GetStringAsync(ambassador.Url(1, "/hold"));
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_http_retry_budget_exhausted_total") == 1, TimeSpan.FromSeconds(60));
        _first.Release();

        Assert.Equal("held", await answer);
        Assert.Equal((0, 0), (_second.Requests, await ambassador.MetricAsync(Hedges)));
    }

    [Fact]
    public async Task Application_ThatGoesAway_EndsAllTries()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _first.Instead = context => HangAsync(context, first);
        _second.Instead = context => HangAsync(context, second);
        await using var ambassador = await StartAsync("after: 5ms");
        using var gone = new CancellationTokenSource();

        var answer = _client.GetAsync(ambassador.Url(1), gone.Token);
        await Eventually.True(() => _first.Requests + _second.Requests == 2);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Task.WhenAll(first.Task, second.Task).WaitAsync(TimeSpan.FromSeconds(60));
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_http_requests_in_flight") == 0);
    }

    private Task<Ambassador> StartAsync(string hedge, int third = 0, string retry = "limit: 0")
    {
        var servers = new[] { _first.Port, _second.Port, third }.Where(port => port != 0)
            .Select((port, i) => string.Create(CultureInfo.InvariantCulture, $"{{ address: 'http://127.0.0.1:{port}', priority: {i} }}"));
        return Ambassador.StartAsync($$"""
            access_log: all
            services:
              - name: api
                listen: 127.0.0.1:$1
                http: { upstreams: [ {{string.Join(", ", servers)}} ], hedge: { {{hedge}} }, retry: { {{retry}} } }
            """);
    }

    private static async Task HangAsync(HttpContext context, TaskCompletionSource? givenUp)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(() => aborted.TrySetResult());
        await aborted.Task;
        givenUp?.TrySetResult();
    }

    private static Task BusyAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync("busy");
    }
}
