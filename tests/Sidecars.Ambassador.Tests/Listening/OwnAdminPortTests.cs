using Sidecars.Ambassador.Listening;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Tests.Listening;

/// <summary>No service leads to the admin port, whatever its servers are called.</summary>
public sealed class OwnAdminPortTests
{
    [Theory]
    [InlineData(":9102", "127.0.0.1:9102", "127.0.0.1:40000", true)]
    [InlineData(":9102", "127.0.0.2:9102", "127.0.0.1:40000", true)]
    [InlineData(":9102", "[::1]:9102", "[::1]:40000", true)]
    [InlineData(":9102", "[::ffff:127.0.0.1]:9102", "[::ffff:127.0.0.1]:40000", true)]
    [InlineData(":9102", "10.1.2.3:9102", "10.1.2.3:40000", true)]
    [InlineData(":9102", "[::ffff:10.1.2.3]:9102", "10.1.2.3:40000", true)]
    [InlineData(":9102", "10.1.2.4:9102", "10.1.2.3:40000", false)]
    [InlineData(":9102", "127.0.0.1:9103", "127.0.0.1:40000", false)]
    [InlineData("127.0.0.1:9102", "[::ffff:127.0.0.1]:9102", "[::ffff:127.0.0.1]:40000", true)]
    [InlineData("127.0.0.1:9102", "127.0.0.2:9102", "127.0.0.1:40000", false)]
    public void Connection_IsKnownByWhereItLeads(string admin, string remote, string local, bool isAdmin) =>
        Assert.Equal(isAdmin, Of(admin).IsAt(IPEndPoint.Parse(remote), IPEndPoint.Parse(local)));

    [Theory]
    [InlineData("unix:/run/admin.sock", "/run/admin.sock", true)]
    [InlineData("unix:/run/admin.sock", "/run/db.sock", false)]
    [InlineData(":9102", "/run/db.sock", false)]
    public void UnixSocket_IsKnownByItsPath(string admin, string path, bool isAdmin) =>
        Assert.Equal(isAdmin, Of(admin).IsAt(new UnixDomainSocketEndPoint(path), null));

    [Theory]
    [InlineData(":9102", "LocalHost", 9102, true)]
    [InlineData(":9102", "app.localhost", 9102, true)]
    [InlineData(":9102", "0.0.0.0", 9102, true)]
    [InlineData(":9102", "::", 9102, true)]
    [InlineData(":9102", "::ffff:127.0.0.1", 9102, true)]
    [InlineData(":9102", "localhost", 80, false)]
    [InlineData(":9102", "api.example.com", 9102, false)]
    [InlineData("[::1]:9102", "localhost", 9102, true)]
    [InlineData("127.0.0.1:9102", "10.1.2.3", 9102, false)]
    public void Address_SaysItByItself(string admin, string host, int port, bool isAdmin) => Assert.Equal(isAdmin, Of(admin).IsNamedBy(host, port));

    [Fact]
    public async Task Name_ThatLeadsThere_IsRefused_ByHttpAndByTcp()
    {
        await using var dns = await DnsServer.StartAsync("127.0.0.1 one.test\n127.0.0.2 other.test");

        // the port is known only once the ambassador runs
        await using var ambassador = await Ambassador.StartAsync(Services(dns, 1), adminHost: "");
        Assert.Equal(HttpStatusCode.OK, (await ambassador.ReloadAsync(Services(dns, ambassador.AdminPort))).Status);
        using var client = new HttpClient();

        foreach (var listener in (int[])[1, 2])
        {
            using var ended = await client.PostAsync(ambassador.Url(listener, "/quitquitquit"), null);

            Assert.Equal(HttpStatusCode.BadGateway, ended.StatusCode);
            Assert.Equal("forbidden", ended.Headers.GetValues("sidecars-reason").Single());
            Assert.Contains("(forbidden)", await ended.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(ambassador.Url(3, "/quitquitquit"), null));
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_tcp_connect_failures_total", ("service", "tcp"), ("reason", "forbidden")) >= 1);
        Assert.Equal(HttpStatusCode.OK, (await ambassador.Process.GetAsync("readyz")).Status);
    }

    private static OwnAdminPort Of(string admin)
    {
        Assert.True(ListenAddress.TryParse(admin, out var address));
        return new OwnAdminPort(address!);
    }

    private static string Services(DnsServer dns, int port) => $$"""
        dns: { servers: [ '127.0.0.1:{{dns.Port}}' ], timeout: 30s }
        services:
          - { name: one, listen: '127.0.0.1:$1', http: { upstreams: [ 'http://one.test:{{port}}' ] } }
          - { name: other, listen: '127.0.0.1:$2', http: { upstreams: [ 'http://other.test:{{port}}' ] } }
          - { name: tcp, listen: '127.0.0.1:$3', tcp: { upstreams: [ 'other.test:{{port}}' ] } }
        """;
}
