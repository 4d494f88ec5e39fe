using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Sidecars.Ambassador.Tests.Http;

namespace Sidecars.Ambassador.Tests.Caching;

/// <summary>The running ambassador, before a server that says of each request what it wants said.</summary>
public sealed class CacheTests
{
    [Fact]
    public async Task FreshAnswer_IsGivenAgain_WithItsAge()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=600");
        await using var ambassador = await StartAsync(origin);
        using var client = new HttpClient();

        using var first = await client.GetAsync(ambassador.Url(1, "/a?x=1"));
        using var second = await client.GetAsync(ambassador.Url(1, "/a?x=1"));
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, ambassador.Url(1, "/a?x=1")));
        using var other = await client.GetAsync(ambassador.Url(1, "/a?x=2"));

        Assert.Equal("ambassador; fwd=miss; stored", CacheStatus(first));
        Assert.StartsWith("ambassador; hit; ttl=", CacheStatus(second), StringComparison.Ordinal);
        Assert.NotNull(second.Headers.Age);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.StartsWith("ambassador; hit", CacheStatus(head), StringComparison.Ordinal);
        Assert.Equal(second.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal("ambassador; fwd=miss; stored", CacheStatus(other));
        Assert.Equal(2, origin.Requests);
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_cache_requests_total", ("service", "api"), ("result", "hit")) == 2);
        Assert.Equal(2, await ambassador.MetricAsync("sidecars_ambassador_cache_entries", ("service", "api")));
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_cache_bytes", ("service", "api")) > 0);
        await Eventually.True(() => ambassador.AccessLog.Count(l => l.TryGetProperty("Cache", out var cache) && cache.GetString() == "hit") == 2);
    }

    [Fact]
    public async Task ServiceWithoutCache_IsLeftAlone()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=600");
        await using var ambassador = await StartAsync(origin, cache: "");
        using var client = new HttpClient();

        using var first = await client.GetAsync(ambassador.Url(1, "/a"));
        using var second = await client.GetAsync(ambassador.Url(1, "/a"));

        Assert.False(second.Headers.Contains("Cache-Status"));
        Assert.Equal(2, origin.Requests);
    }

    [Fact]
    public async Task OnlyIfCached_IsNeverForwarded()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=600");
        await using var ambassador = await StartAsync(origin);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.CacheControl = new CacheControlHeaderValue { OnlyIfCached = true };

        using var response = await client.GetAsync(ambassador.Url(1, "/a"));

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("not_cached", response.Headers.GetValues("sidecars-reason").Single());
        Assert.Contains("(not_cached)", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await ambassador.MetricAsync("sidecars_ambassador_http_rejected_total", ("reason", "not_cached")));
        Assert.Equal(0, origin.Requests);
    }

    [Fact]
    public async Task UnsafeMethod_OfThatPath_MakesItForgotten()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=600");
        await using var ambassador = await StartAsync(origin);
        using var client = new HttpClient();
        using var first = await client.GetAsync(ambassador.Url(1, "/a"));
        using var body = new StringContent("new");

        using var put = await client.PutAsync(ambassador.Url(1, "/a"), body);
        using var again = await client.GetAsync(ambassador.Url(1, "/a"));

        Assert.Equal("ambassador; fwd=method", CacheStatus(put));
        Assert.Equal("ambassador; fwd=miss; stored", CacheStatus(again));
    }

    [Fact]
    public async Task Purge_ForgetsAPath_OfTheServiceThatIsNamed()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=600");
        await using var ambassador = await StartAsync(origin);
        using var client = new HttpClient();
        foreach (var path in (string[])["/a?x=1", "/a?x=2", "/b/c", "/b/d"])
        {
            using var response = await client.GetAsync(ambassador.Url(1, path));
        }

        Assert.Equal((HttpStatusCode.OK, "purged 2\n"), await ambassador.Process.PostAsync("cache/purge?service=api&path=/a"));
        Assert.Equal((HttpStatusCode.OK, "purged 2\n"), await ambassador.Process.PostAsync("cache/purge?service=api&path=/b/*"));
        Assert.Equal(HttpStatusCode.NotFound, (await ambassador.Process.PostAsync("cache/purge?service=nobody")).Status);
        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_cache_entries", ("service", "api")));
    }

    [Fact]
    public async Task EqualRequests_WaitForTheFirst_AndGetItsAnswer()
    {
        await using var origin = await Origin.StartAsync();
        var (arrived, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        origin.Instead = async context =>
        {
            arrived.TrySetResult();
            await released.Task;
            await Answers("max-age=600")(context);
        };
        await using var ambassador = await StartAsync(origin, cache: "cache: { coalesce_wait: 5m }");
        using var client = new HttpClient();

        var first = client.GetStringAsync(ambassador.Url(1, "/a"));
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var others = Enumerable.Range(0, 10).Select(_ => client.GetStringAsync(ambassador.Url(1, "/a"))).ToList();
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_http_requests_in_flight", ("service", "api")) == 11);
        released.SetResult();

        var answer = await first;
        Assert.All(await Task.WhenAll(others), other => Assert.Equal(answer, other));
        Assert.Equal(1, origin.Requests);
    }

    [Fact]
    public async Task EqualRequests_OfWhatCannotBeKept_GoByThemselves()
    {
        await using var origin = await Origin.StartAsync();
        var released = new TaskCompletionSource();
        origin.Instead = async context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.FlushAsync();
            await released.Task;
            await context.Response.WriteAsync("done");
        };
        await using var ambassador = await StartAsync(origin, cache: "cache: { coalesce_wait: 5m }");
        using var client = new HttpClient();

        var all = Enumerable.Range(0, 5).Select(_ => client.GetStringAsync(ambassador.Url(1, "/a"))).ToList();

        // the head of the first is enough to let the others go, though its body is not there yet
        await Eventually.Equal(5, () => origin.Requests);
        released.SetResult();
        Assert.All(await Task.WhenAll(all), text => Assert.Equal("done", text));
    }

    [Fact]
    public async Task LargerAnswer_PassesThrough_AndIsNotKept()
    {
        await using var origin = await Origin.StartAsync();
        var bytes = Origin.Bytes(100_000);
        origin.Instead = async context =>
        {
            context.Response.Headers.CacheControl = "max-age=600";
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, 500));
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync(bytes.AsMemory(500));
        };
        await using var ambassador = await StartAsync(origin, cache: "cache: { max_entry: 16KiB }");
        using var client = new HttpClient();

        Assert.Equal(bytes, await client.GetByteArrayAsync(ambassador.Url(1, "/a")));
        Assert.Equal(bytes, await client.GetByteArrayAsync(ambassador.Url(1, "/a")));
        Assert.Equal(2, origin.Requests);
        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_cache_entries"));
    }

    [Fact]
    public async Task StaleAnswer_StandsInForAFailure()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=0, stale-if-error=3600");
        await using var ambassador = await StartAsync(origin);
        using var client = new HttpClient();
        var text = await client.GetStringAsync(ambassador.Url(1, "/a"));

        origin.Instead = context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("busy");
        };
        using var busy = await client.GetAsync(ambassador.Url(1, "/a"));
        using var unknown = await client.GetAsync(ambassador.Url(1, "/b"));
        await origin.DisposeAsync();
        using var down = await client.GetAsync(ambassador.Url(1, "/a"));

        Assert.Equal((HttpStatusCode.OK, text), (busy.StatusCode, await busy.Content.ReadAsStringAsync()));
        Assert.Contains("fwd=stale; fwd-status=503", CacheStatus(busy), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.Equal((HttpStatusCode.OK, text), (down.StatusCode, await down.Content.ReadAsStringAsync()));
        Assert.False(down.Headers.Contains("sidecars-reason"));
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_cache_requests_total", ("result", "stale")) == 2);
    }

    [Fact]
    public async Task StaleAnswer_IsGivenAtOnce_WhileItIsValidated()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=0, stale-while-revalidate=3600", "old");
        await using var ambassador = await StartAsync(origin);
        using var client = new HttpClient();
        Assert.Equal("old", await client.GetStringAsync(ambassador.Url(1, "/a")));

        var (arrived, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        origin.Instead = async context =>
        {
            arrived.TrySetResult();
            await released.Task;
            await Answers("max-age=3600", "new")(context);
        };

        Assert.Equal("old", await client.GetStringAsync(ambassador.Url(1, "/a")));
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("old", await client.GetStringAsync(ambassador.Url(1, "/a")));
        released.SetResult();
        await Eventually.True(async () => await client.GetStringAsync(ambassador.Url(1, "/a")) == "new");
        Assert.Equal(2, origin.Requests);
    }

    [Fact]
    public async Task Reload_KeepsTheAnswers_UnlessTheServiceChanges()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = Answers("max-age=600");
        await using var ambassador = await StartAsync(origin);
        using var client = new HttpClient();
        using var first = await client.GetAsync(ambassador.Url(1, "/a"));

        Assert.Equal(HttpStatusCode.OK, (await ambassador.ReloadAsync(Configuration(origin, "cache: {}") + "\naccess_log_percent: 50")).Status);
        using var second = await client.GetAsync(ambassador.Url(1, "/a"));
        Assert.Equal(HttpStatusCode.OK, (await ambassador.ReloadAsync(Configuration(origin, "cache: { max_entry: 2MiB }"))).Status);
        using var third = await client.GetAsync(ambassador.Url(1, "/a"));

        Assert.StartsWith("ambassador; hit", CacheStatus(second), StringComparison.Ordinal);
        Assert.Equal("ambassador; fwd=miss; stored", CacheStatus(third));
    }

    private static Func<HttpContext, Task> Answers(string cacheControl, string? text = null) => context =>
    {
        context.Response.Headers.CacheControl = cacheControl;
        var body = text ?? Guid.NewGuid().ToString();
        context.Response.ContentLength = body.Length;
        return context.Request.Method == "HEAD" ? Task.CompletedTask : context.Response.WriteAsync(body);
    };

    private static Task<Ambassador> StartAsync(Origin origin, string cache = "cache: {}") => Ambassador.StartAsync(Configuration(origin, cache));

    private static string Configuration(Origin origin, string cache) => $$"""
        access_log: all
        services:
          - name: api
            listen: 127.0.0.1:$1
            http:
              upstreams: [ "http://127.0.0.1:{{origin.Port}}" ]
              retry: { limit: 0 }
              {{cache}}
        """;

    private static string CacheStatus(HttpResponseMessage response) => response.Headers.GetValues("Cache-Status").Single();
}
