namespace Sidecars.Ambassador.Tests.Http;

/// <summary>A real nginx that wants TLS and a client's certificate.</summary>
public sealed class UpstreamTlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Authority _authority = new();
    private readonly int _port = FreePort.Next();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    public UpstreamTlsTests()
    {
        _folder.Write("ca.pem", _authority.Pem);
        WriteClient();
        WriteServer();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nginx_SeesTheCertificate_AndTheName()
    {
        await using var nginx = await StartNginxAsync();
        await using var ambassador = await StartAsync("localhost", "");

        Assert.Equal("SUCCESS CN=app TLSv1.3 localhost", await _client.GetStringAsync(ambassador.Url(1, "/who")));
    }

    [Fact]
    public async Task ServerName_IsSentAndChecked_InPlaceOfTheAddress()
    {
        await using var nginx = await StartNginxAsync();
        await using var ambassador = await StartAsync("127.0.0.1", ", server_name: localhost");

        Assert.Equal("SUCCESS CN=app TLSv1.3 localhost", await _client.GetStringAsync(ambassador.Url(1, "/who")));
    }

    [Theory]
    [InlineData(", names: [ other.example.com ]")]
    [InlineData(", server_name: other.example.com")]
    public async Task Certificate_OfAnotherName_IsRefused(string tls)
    {
        _folder.Write("other.example.com.pem", await File.ReadAllTextAsync(_folder["localhost.pem"]));
        await using var nginx = await StartNginxAsync();
        await using var ambassador = await StartAsync("localhost", tls);

        using var response = await _client.GetAsync(ambassador.Url(1, "/who"));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("tls", response.Headers.GetValues("sidecars-reason").Single());
    }

    [Theory]
    [InlineData("spiffe://example.org/db", true)]
    [InlineData("spiffe://example.org/web", false)]
    public async Task Server_OfASpiffeIdentity_IsKnownByIt(string wanted, bool isTaken)
    {
        var (certificate, key) = _authority.Issue("db", new Uri("spiffe://example.org/db"));
        _folder.Write("localhost.pem", certificate + key);
        (certificate, key) = _authority.Issue("web", new Uri("spiffe://example.org/web"));
        _folder.Write("client.crt", certificate);
        _folder.Write("client.key", key);
        await using var nginx = await StartNginxAsync();
        await using var ambassador = await StartAsync("localhost", $", names: [ '{wanted}' ]");

        using var response = await _client.GetAsync(ambassador.Url(1, "/who"));

        Assert.Equal(isTaken ? "SUCCESS CN=web TLSv1.3 localhost" : "tls", isTaken ? await response.Content.ReadAsStringAsync() : response.Headers.GetValues("sidecars-reason").Single());
    }

    [Theory]
    [InlineData("1.2", true)]
    [InlineData("1.3", false)]
    public async Task Server_OfAnOlderVersion_IsTakenWhereTheConfigurationAllowsIt(string version, bool isTaken)
    {
        await using var nginx = await StartNginxAsync(protocols: "TLSv1.2");
        await using var ambassador = await StartAsync("localhost", $", min_version: {version}");

        using var response = await _client.GetAsync(ambassador.Url(1, "/who"));

        Assert.Equal(isTaken ? "SUCCESS CN=app TLSv1.2 localhost" : "tls", isTaken ? await response.Content.ReadAsStringAsync() : response.Headers.GetValues("sidecars-reason").Single());
    }

    [Theory]
    [InlineData("auto", " http2", "HTTP/2.0")]
    [InlineData("http2", " http2", "HTTP/2.0")]
    [InlineData("http1", " http2", "HTTP/1.1")]
    [InlineData("auto", "", "HTTP/1.1")]
    public async Task Protocol_IsWhatTlsNegotiates_OrTheConfigurationSays(string protocol, string offered, string spoken)
    {
        await using var nginx = await StartNginxAsync(listen: offered);
        await using var ambassador = await StartAsync("localhost", "", $"upstream_protocol: {protocol}");

        Assert.Equal(spoken, await _client.GetStringAsync(ambassador.Url(1, "/protocol")));
    }

    [Fact]
    public async Task CertificatesSwappedUnderLoad_FailNothing()
    {
        await using var nginx = await StartNginxAsync();
        await using var ambassador = await StartAsync("localhost", "", "connection_lifetime: 1s");
        using var stop = new CancellationTokenSource();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        var load = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await _client.GetAsync(ambassador.Url(1, "/who"), CancellationToken.None);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                seen.TryAdd(await response.Content.ReadAsStringAsync(CancellationToken.None), true);
            }
        })).ToList();

        for (var i = 0; i < 4; i++)
        {
            WriteServer();
            WriteClient($"app{i}");
            await Eventually.True(
                () => seen.ContainsKey($"SUCCESS CN=app{i} TLSv1.3 localhost") || load.Exists(l => l.IsCompleted), TimeSpan.FromSeconds(60));
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(0, await ambassador.MetricAsync("sidecars_ambassador_http_upstream_errors_total"));
    }

    private Task<Ambassador> StartAsync(string host, string tls, string more = "") => Ambassador.StartAsync($$"""
        services:
          - name: api
            listen: 127.0.0.1:$1
            http:
              upstreams: [ 'https://{{host}}:{{_port}}' ]
              connect_timeout: 30s
              tls: { ca: '{{_folder["ca.pem"]}}', certificate: '{{_folder["client.crt"]}}', key: '{{_folder["client.key"]}}'{{tls}} }
              {{more}}
        """);

    /// <summary>The name of the file depends on the client's SNI, and so nginx reads it at each handshake.</summary>
    private Task<NginxServer> StartNginxAsync(string listen = "", string protocols = "TLSv1.2 TLSv1.3") => NginxServer.StartAsync(new NginxSettings
    {
        Server = $$"""
            listen 127.0.0.1:{{_port}} ssl{{listen}};
            ssl_certificate {{_folder.Path}}/$ssl_server_name.pem;
            ssl_certificate_key {{_folder.Path}}/$ssl_server_name.pem;
            ssl_protocols {{protocols}};
            ssl_client_certificate {{_folder["ca.pem"]}};
            ssl_verify_client on;
            location = /protocol { return 200 $server_protocol; }
            location = /who { return 200 "$ssl_client_verify $ssl_client_s_dn $ssl_protocol $ssl_server_name"; }
            """,
    });

    private void WriteClient(string name = "app")
    {
        var (certificate, key) = _authority.Issue(name);
        _folder.Write("client.crt", certificate);
        _folder.Write("client.key", key);
    }

    /// <summary>Certificate and key in one file, put in its place at once.</summary>
    private void WriteServer()
    {
        var (certificate, key) = _authority.Issue("localhost");
        File.Move(_folder.Write("localhost.new", certificate + key), _folder["localhost.pem"], overwrite: true);
    }
}
