namespace Sidecars.Ambassador.Tests.Explaining;

public sealed class ExplainTests : IDisposable
{
    private const string Configuration = """
        services:
          - name: shop
            listen: 127.0.0.1:8081
            http:
              zone: a
              upstreams: [ "http://shop.example.com" ]
              limits: { concurrent: 5 }
              routes:
                - name: items
                  match: { path: "/items/{id}", headers: [ { name: X-Tenant } ] }
                  upstreams: [ { address: "http://items.example.com", weight: 2, zone: a }, { address: "http://far.example.com", priority: 1 } ]
                  timeout: 5s
                  hedge: { percentile: 95 }
                  transforms: { path_set: "/catalog/{id}", query_set: { view: full }, request_headers: { set: { X-Client: pod }, remove: [ Cookie ] } }
                  faults: [ { percent: 5, delay: 200ms, abort_status: 503 } ]
                - name: status
                  match: { path: /status }
          - name: socket
            listen: unix:/run/api.sock
            http: { upstreams: [ "https://api.example.com/base" ], host: preserve }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Request_OfARoute_IsExplained()
    {
        var (exitCode, output, error) = await ExplainAsync("GET", "http://127.0.0.1:8081/items/42?x=1", "-H", "X-Tenant: blue", "-H", "Cookie: secret=1");

        Assert.Equal("", error);
        Assert.Equal(0, exitCode);
        Assert.Equal(
            """
            service     shop (127.0.0.1:8081)
            route       items
            sent as     GET http://items.example.com/catalog/42?x=1&view=full
                        Host: items.example.com
                        X-Tenant: blue
                        X-Client: pod
            upstream    http://items.example.com (weight 2, priority 0, own zone)
            upstream    http://far.example.com (weight 1, priority 1, other zone)
            balanced by power-of-two-choices
            timeouts    whole 5s, each try none, connect 2s, idle 1m40s
            retries     up to 2 after reset, try_timeout; budget 20 % and 10 a second
            hedging     after the time of 95 % of the answers, at least 50ms, to 1 more where it has no body
            limits      5 at a time
            breaker     none
            cache       none
            checked by  no health checks
            fault       5 % of requests: delayed by 200ms answered with 503

            """,
            output);
    }

    [Fact]
    public async Task Names_AreResolved_AsTheProxyWould()
    {
        await using var dns = await DnsServer.StartAsync("127.0.0.2 api.test\n127.0.0.3 api.test\n10.0.0.7 one.test", "srv-host=_http._tcp.api.test,one.test,8080,3,7");
        var file = _folder.Write("ambassador.yaml", $$"""
            dns: { servers: [ "127.0.0.1:{{dns.Port}}" ] }
            services:
              - name: api
                listen: 127.0.0.1:8081
                http: { upstreams: [ "http://api.test", { address: "http://api.test/v2", srv: _http._tcp.api.test }, "http://nobody.test", "http://127.0.0.9" ] }
            """);

        var (exitCode, output, error) = await SidecarProcess.RunAsync("ambassador", ["explain", "GET", "http://127.0.0.1:8081/", "--config", file]);

        Assert.Equal(("", 0), (error, exitCode));
        Assert.Contains(
            """
            upstream    http://api.test (weight 1, priority 0)
                        leads to 127.0.0.2, 127.0.0.3; valid for 1s
            upstream    http://api.test/v2 (weight 1, priority 0)
                        leads to 10.0.0.7:8080 (priority 3, weight 7); valid for 1s
            upstream    http://nobody.test (weight 1, priority 0)
                        leads nowhere: no such name
            upstream    http://127.0.0.9 (weight 1, priority 0)
            balanced by
            """,
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatNoRouteFits_IsToldSo()
    {
        var (exitCode, output, _) = await ExplainAsync("GET", "http://127.0.0.1:8081/items/42");

        Assert.Equal(1, exitCode);
        Assert.Equal("service     shop (127.0.0.1:8081)\nroute       none fits: 404, sidecars-reason no_route\n", output);
    }

    [Fact]
    public async Task Request_OfANamedService_IsExplained()
    {
        var (exitCode, output, _) = await ExplainAsync("POST", "http://api.internal/a%2Fb", "--service", "socket");

        Assert.Equal(0, exitCode);
        Assert.Contains("sent as     POST https://api.example.com/base/a%2Fb\n            Host: api.internal\n", output, StringComparison.Ordinal);
        Assert.Contains("retries     only where no connection was made: POST is not repeated\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9999/", "no HTTP service listens on 127.0.0.1:9999; services: shop (127.0.0.1:8081), socket (unix:/run/api.sock)")]
    [InlineData("nonsense", "'nonsense' is not a URL")]
    public async Task Request_ToNobody_IsBadUsage(string url, string message)
    {
        var (exitCode, _, error) = await ExplainAsync("GET", url);

        Assert.Equal(2, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> ExplainAsync(params string[] arguments) =>
        SidecarProcess.RunAsync("ambassador", ["explain", .. arguments, "--no-resolve", "--config", _folder.Write("ambassador.yaml", Configuration)]);
}
