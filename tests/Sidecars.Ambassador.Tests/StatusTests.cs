using Sidecars.Ambassador.Tests.Http;
using Sidecars.Ambassador.Tests.Tcp;

namespace Sidecars.Ambassador.Tests;

/// <summary>What the ambassador shows of itself while it runs.</summary>
public class StatusTests
{
    [Fact]
    public async Task http_service_shows_its_traffic_routes_and_servers()
    {
        await using var origin = await Origin.StartAsync();
        await using var ambassador = await Ambassador.StartAsync(
            $$"""
            services:
              - name: shop
                listen: 127.0.0.1:$1
                http:
                  upstreams: ['http://127.0.0.1:{{origin.Port}}']
                  circuit_breaker: {}
                  routes:
                    - { name: orders, match: { path_prefix: /orders, methods: [GET, POST] } }
                    - { name: rest, match: { path_prefix: / } }
            """);
        using var client = new HttpClient();
        for (var i = 0; i < 5; i++)
        {
            using var response = await client.GetAsync(ambassador.Url(1, "/orders/1"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var status = await Eventually.Value(ambassador.Process.StatusAsync, status => status.Row("http_services", "service", "shop").GetProperty("requests").GetInt64() == 5);

        var service = status.Row("http_services", "service", "shop");
        Assert.Equal(($"127.0.0.1:{ambassador.Port(1)}", JsonValueKind.Null), (service.GetProperty("listen").GetString(), service.GetProperty("last_error").ValueKind));
        var orders = status.Row("http_routes", "route", "orders");
        Assert.Equal(("shop", "GET POST, /orders and below", "shop", "closed"), (orders.GetProperty("service").GetString(), orders.GetProperty("match").GetString(), orders.GetProperty("upstreams").GetString(), orders.GetProperty("breaker").GetString()));
        var upstream = Assert.Single(status.Rows("http_upstreams"));
        Assert.Equal(($"http://127.0.0.1:{origin.Port}", "available", 5), (upstream.GetProperty("upstream").GetString(), upstream.GetProperty("state").GetString(), upstream.GetProperty("requests").GetInt64()));
        Assert.Equal(JsonValueKind.Number, upstream.GetProperty("latency_seconds").ValueKind);
    }

    [Fact]
    public async Task latencies_are_shown_with_their_curves()
    {
        await using var origin = await Origin.StartAsync();
        await using var ambassador = await Ambassador.StartAsync(
            $$"""services: [{ name: shop, listen: '127.0.0.1:$1', http: { upstreams: ['http://127.0.0.1:{{origin.Port}}'] } }]""");
        using var client = new HttpClient();

        // each sampling tells of the requests since the one before
        await Eventually.True(async () =>
        {
            using var response = await client.GetAsync(ambassador.Url(1));
            var service = (await ambassador.Process.StatusAsync()).Row("http_services", "service", "shop");
            return Curve(service, "p50_seconds").Any(median => median > 0) && Curve(service, "p99_seconds").Any(p99 => p99 > 0);
        });
    }

    [Fact]
    public async Task upstream_that_is_not_there_is_shown_with_the_error()
    {
        await using var ambassador = await Ambassador.StartAsync(
            "services: [{ name: shop, listen: '127.0.0.1:$1', http: { upstreams: ['http://127.0.0.1:$9'], circuit_breaker: { minimum_requests: 1, failure_percent: 1, open_for: 1h } } }]");
        using var client = new HttpClient();
        using var response = await client.GetAsync(ambassador.Url(1));
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);

        var status = await Eventually.Value(
            ambassador.Process.StatusAsync,
            status => status.Row("http_services", "service", "shop").GetProperty("last_error").ValueKind == JsonValueKind.String);

        var service = status.Row("http_services", "service", "shop");
        Assert.Equal("connect: the upstream refused the connection or cannot be reached", service.GetProperty("last_error").GetString());
        Assert.Equal(JsonValueKind.String, service.GetProperty("last_error_time").ValueKind);
        Assert.Equal("open", status.Row("http_routes", "route", "shop").GetProperty("breaker").GetString());
        Assert.Contains(status.Rows("problems"), row => row.GetProperty("message").GetString()!.Contains("could not connect to upstream", StringComparison.Ordinal));
        Assert.Contains("<span class=\"badge bad\">open</span>", (await ambassador.Process.GetAsync("")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task tcp_service_shows_its_connections_and_servers()
    {
        using var server = new EchoServer("a");
        await using var ambassador = await Ambassador.StartAsync(
            $$"""services: [{ name: db, listen: '127.0.0.1:$1', tcp: { upstreams: ['127.0.0.1:{{server.Port}}'] } }]""");
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", ambassador.Port(1));

        var status = await Eventually.Value(ambassador.Process.StatusAsync, status => status.Row("tcp_upstreams", "service", "db").GetProperty("open_connections").GetInt64() == 1);

        var service = status.Row("tcp_services", "service", "db");
        Assert.Equal((1, 1, 0), (service.GetProperty("connections").GetInt64(), service.GetProperty("open_connections").GetInt64(), service.GetProperty("queued_connections").GetInt64()));
        Assert.Equal(
            ($"127.0.0.1:{server.Port}", "available"),
            (status.Row("tcp_upstreams", "service", "db").GetProperty("upstream").GetString(), status.Row("tcp_upstreams", "service", "db").GetProperty("state").GetString()));
    }

    private static IEnumerable<double> Curve(JsonElement service, string figure) =>
        service.GetProperty(figure) is { ValueKind: JsonValueKind.Object } value
            ? value.GetProperty("history").EnumerateArray().Where(point => point.ValueKind == JsonValueKind.Number).Select(point => point.GetDouble())
            : [];
}
