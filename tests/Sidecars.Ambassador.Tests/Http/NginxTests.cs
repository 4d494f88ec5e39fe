namespace Sidecars.Ambassador.Tests.Http;

public sealed class NginxTests
{
    [Fact]
    public async Task Nginx_ServesThroughTheAmbassador_AndBothCountTheSame()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: web
                listen: 127.0.0.1:$1
                http: { upstreams: [ "http://127.0.0.1:{{nginx.Port}}" ] }
            """);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        int[] statuses = [204, 301, 403, 404, 500, 503];

        await Parallel.ForEachAsync(Enumerable.Range(0, 240), async (i, cancellation) =>
        {
            var status = statuses[i % statuses.Length];
            using var response = await client.GetAsync(ambassador.Url(1, $"/status/{status}"), cancellation);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.False(response.Headers.Contains("sidecars-reason"));
        });

        await Eventually.Equal(240, () => File.ReadLines(nginx.AccessLog).Count());
        foreach (var status in statuses)
        {
            Assert.Equal(40, await ambassador.MetricAsync("sidecars_ambassador_http_requests_total", ("service", "web"), ("code", $"{status}")));
        }
    }

    [Fact]
    public async Task Nginx_ThatRestarts_IsFoundAgain()
    {
        var nginx = await NginxServer.StartAsync();
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: web
                listen: 127.0.0.1:$1
                http: { upstreams: [ "http://127.0.0.1:{{nginx.Port}}" ] }
            """);
        using var client = new HttpClient();
        Assert.Equal("Hello, world!", await client.GetStringAsync(ambassador.Url(1)));
        await nginx.DisposeAsync();
        Assert.Equal(HttpStatusCode.BadGateway, (await client.GetAsync(ambassador.Url(1))).StatusCode);

        await using var again = await NginxServer.StartAsync(new NginxSettings { Port = nginx.Port });

        Assert.Equal("Hello, world!", await client.GetStringAsync(ambassador.Url(1)));
    }

    [Fact]
    public async Task Standby_ServesWhileTheFirstIsDown_AndNoLonger()
    {
        var first = await NginxServer.StartAsync(new NginxSettings { Server = "location = /who { return 200 first; }" });
        await using var standby = await NginxServer.StartAsync(new NginxSettings { Server = "location = /who { return 200 standby; }" });
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: web
                listen: 127.0.0.1:$1
                http: { upstreams: [ { address: "http://127.0.0.1:{{standby.Port}}", priority: 1 }, "http://127.0.0.1:{{first.Port}}" ] }
            """);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        Assert.Equal("first", await client.GetStringAsync(ambassador.Url(1, "/who")));

        await first.DisposeAsync();
        using var body = new StringContent("a body");
        using var posted = await client.PostAsync(ambassador.Url(1, "/who"), body);
        Assert.Equal("standby", await posted.Content.ReadAsStringAsync());

        await using var again = await NginxServer.StartAsync(new NginxSettings { Port = first.Port, Server = "location = /who { return 200 first; }" });
        await Eventually.True(async () => await client.GetStringAsync(ambassador.Url(1, "/who")) == "first", TimeSpan.FromSeconds(60));
    }
}
