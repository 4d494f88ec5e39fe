using System.Globalization;

namespace Sidecars.Ambassador.Tests.Discovery;

/// <summary>Names of upstreams, by a real DNS server whose answers change and fail. Servers stand at several addresses of loopback.</summary>
public sealed class DnsTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly int _port = FreePort.Next();
    private NginxServer _nginx = null!;

    public async ValueTask InitializeAsync() => _nginx = await NginxServer.StartAsync(new NginxSettings
    {
        Server = string.Concat(Enumerable.Range(1, 4).Select(i => $"listen 127.0.0.{i}:{_port};\n")) + "location = /who { return 200 \"$server_addr $http_host\"; }",
    });

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _nginx.DisposeAsync();
    }

    [Fact]
    public async Task Http_SpreadsOverAllAddresses_AndFollowsTheirChange()
    {
        await using var dns = await DnsServer.StartAsync("127.0.0.2 api.test\n127.0.0.3 api.test");
        await using var ambassador = await StartAsync(dns, $"http: {{ upstreams: [ 'http://api.test:{_port}' ], load_balancing: round-robin }}");

        // the very first request waits for the first answer
        string[] first = [await WhoAsync(ambassador), await WhoAsync(ambassador)];
        Assert.Equal([$"127.0.0.2 api.test:{_port}", $"127.0.0.3 api.test:{_port}"], first.Order(StringComparer.Ordinal));

        dns.Change("127.0.0.4 api.test");

        await Eventually.True(async () => await WhoAsync(ambassador) == $"127.0.0.4 api.test:{_port}" && await WhoAsync(ambassador) == $"127.0.0.4 api.test:{_port}", Deadline);
        Assert.Equal(1, await ambassador.MetricAsync("sidecars_ambassador_dns_addresses", ("name", "api.test")));
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_dns_resolutions_total", ("name", "api.test"), ("result", "ok")) >= 2);
        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_http_upstream_errors_total"));
    }

    [Fact]
    public async Task Name_ThatComesLater_IsAnsweredWith503UntilThen_AndAgainWhenItGoes()
    {
        await using var dns = await DnsServer.StartAsync("127.0.0.2 other.test");
        await using var ambassador = await StartAsync(dns, $"http: {{ upstreams: [ 'http://api.test:{_port}' ] }}");

        Assert.Equal("503 dns", await FailAsync(ambassador));

        dns.Change("127.0.0.2 api.test");
        await Eventually.True(async () => await WhoAsync(ambassador) == $"127.0.0.2 api.test:{_port}", Deadline);

        dns.Change("127.0.0.2 other.test");
        await Eventually.True(async () => await FailAsync(ambassador) == "503 dns", Deadline);
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_dns_resolutions_total", ("result", "no_such_name")) >= 2);
    }

    [Fact]
    public async Task Failure_KeepsTheLastGoodAnswer()
    {
        var dns = await DnsServer.StartAsync("127.0.0.2 api.test");
        await using var ambassador = await StartAsync(dns, $"http: {{ upstreams: [ 'http://api.test:{_port}' ] }}");
        Assert.Equal($"127.0.0.2 api.test:{_port}", await WhoAsync(ambassador));

        await dns.DisposeAsync();

        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_dns_resolutions_total", ("result", "failed")) >= 2, Deadline);
        Assert.Equal($"127.0.0.2 api.test:{_port}", await WhoAsync(ambassador));

        // at the same port, with another answer
        await using var back = await DnsServer.StartAsync("127.0.0.3 api.test", port: dns.Port);
        await Eventually.True(async () => await WhoAsync(ambassador) == $"127.0.0.3 api.test:{_port}", Deadline);
    }

    [Fact]
    public async Task Start_WithoutAnyDnsServer_KeepsNobody()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)silent.Client.LocalEndPoint!).Port;
        await using var ambassador = await Ambassador.StartAsync(Configuration(port, $"http: {{ upstreams: [ 'http://api.test:{_port}', 'http://127.0.0.4:{_port}' ] }}"));

        // the server that has an address serves
        Assert.Equal($"127.0.0.4 127.0.0.4:{_port}", await WhoAsync(ambassador));
    }

    [Fact]
    public async Task Srv_GivesPortsAndPriorities()
    {
        await using var dns = await DnsServer.StartAsync(
            "127.0.0.2 two.test\n127.0.0.3 three.test",
            $"srv-host=_http._tcp.api.test,two.test,{_port},1,10\nsrv-host=_http._tcp.api.test,three.test,{_port},2,10");
        await using var ambassador = await StartAsync(dns, "http: { upstreams: [ { address: 'http://api.example.com', srv: _http._tcp.api.test } ] }");

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("127.0.0.2 api.example.com", await WhoAsync(ambassador));
        }
    }

    [Fact]
    public async Task Tcp_FollowsTheAddresses()
    {
        await using var dns = await DnsServer.StartAsync("127.0.0.2 db.test");
        await using var ambassador = await StartAsync(dns, $"tcp: {{ upstreams: [ 'db.test:{_port}' ] }}");
        Assert.StartsWith("127.0.0.2 ", await WhoAsync(ambassador), StringComparison.Ordinal);

        dns.Change("127.0.0.3 db.test");

        await Eventually.True(
            async () =>
            {
                using var fresh = new HttpClient { Timeout = Deadline };
                return (await fresh.GetStringAsync(ambassador.Url(1, "/who"))).StartsWith("127.0.0.3 ", StringComparison.Ordinal);
            },
            Deadline);
    }

    [Fact]
    public async Task Tls_ChecksTheNameAndNotTheAddress()
    {
        using var folder = new TempFolder();
        using var authority = new Authority();
        var (certificate, key) = authority.Issue("api.test");
        var ca = folder.Write("ca.pem", authority.Pem);
        var port = FreePort.Next();
        await using var secure = await NginxServer.StartAsync(new NginxSettings
        {
            Server = $"listen 127.0.0.2:{port} ssl; ssl_certificate {folder.Write("a.crt", certificate)}; ssl_certificate_key {folder.Write("a.key", key)}; location = /who {{ return 200 $ssl_server_name; }}",
        });
        await using var dns = await DnsServer.StartAsync("127.0.0.2 api.test\n127.0.0.2 wrong.test");
        await using var ambassador = await Ambassador.StartAsync($$"""
            dns: { servers: [ '127.0.0.1:{{dns.Port}}' ], timeout: 30s }
            services:
              - { name: api, listen: '127.0.0.1:$1', http: { upstreams: [ 'https://api.test:{{port}}' ], tls: { ca: {{ca}} } } }
              - { name: wrong, listen: '127.0.0.1:$2', http: { upstreams: [ 'https://wrong.test:{{port}}' ], tls: { ca: {{ca}} } } }
            """);

        Assert.Equal("api.test", await _client.GetStringAsync(ambassador.Url(1, "/who")));
        using var refused = await _client.GetAsync(ambassador.Url(2, "/who"));
        Assert.Equal("tls", refused.Headers.GetValues("sidecars-reason").Single());
    }

    private static Task<Ambassador> StartAsync(DnsServer dns, string service) => Ambassador.StartAsync(Configuration(dns.Port, service));

    private static string Configuration(int dns, string service) => $$"""
        dns: { servers: [ '127.0.0.1:{{dns.ToString(CultureInfo.InvariantCulture)}}' ], max_ttl: 1s, timeout: 2s }
        services:
          - name: api
            listen: 127.0.0.1:$1
            {{service}}
        """;

    private Task<string> WhoAsync(Ambassador ambassador) => _client.GetStringAsync(ambassador.Url(1, "/who"));

    private async Task<string> FailAsync(Ambassador ambassador)
    {
        using var response = await _client.GetAsync(ambassador.Url(1, "/who"));
        return $"{(int)response.StatusCode} {(response.Headers.TryGetValues("sidecars-reason", out var reason) ? reason.Single() : "")}";
    }
}
