using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Sidecars.Ambassador.Tests.Tcp;

namespace Sidecars.Ambassador.Tests.Tls;

/// <summary>TLS between the application and the listeners.</summary>
public sealed class ListenerTlsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Authority _authority = new();
    private readonly EchoServer _echo = new("echo:");
    private NginxServer _nginx = null!;
    private Ambassador _ambassador = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("ca.pem", _authority.Pem);
        WriteServer();
        _nginx = await NginxServer.StartAsync();
        _ambassador = await Ambassador.StartAsync(Services("http: { upstreams: [ 'http://127.0.0.1:$9' ] }"));
    }

    public async ValueTask DisposeAsync()
    {
        await _ambassador.DisposeAsync();
        await _nginx.DisposeAsync();
        _echo.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Http_IsServedOverTls_InBothVersions()
    {
        using var client = Client(null);

        Assert.Equal("Hello, world!", await client.GetStringAsync(Url(1)));
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(2)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("Hello, world!", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Http_WithoutTls_IsRefused()
    {
        using var client = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(_ambassador.Url(1)));
    }

    [Fact]
    public async Task ClientCa_LetsInThoseWithItsCertificateOnly()
    {
        using var stranger = new Authority("Stranger");
        using var known = Client(_authority);
        using var unknown = Client(stranger);
        using var nameless = Client(null);

        Assert.Equal("Hello, world!", await known.GetStringAsync(Url(3)));
        await Assert.ThrowsAsync<HttpRequestException>(() => unknown.GetStringAsync(Url(3)));
        await Assert.ThrowsAsync<HttpRequestException>(() => nameless.GetStringAsync(Url(3)));
    }

    [Fact]
    public async Task OlderVersion_IsRefused_WhereTheListenerSaysSo()
    {
        using var old = Client(_authority, SslProtocols.Tls12);

        Assert.Equal("Hello, world!", await old.GetStringAsync(Url(1)));
        await Assert.ThrowsAsync<HttpRequestException>(() => old.GetStringAsync(Url(3)));
    }

    [Fact]
    public async Task Tcp_IsRelayedFromTls_AndAClientWithoutItEndsAlone()
    {
        using (var plain = new TcpClient("127.0.0.1", _ambassador.Port(4)))
        {
            await plain.GetStream().WriteAsync("this is not TLS at all\r\n"u8.ToArray());
            await Eventually.True(async () => await _ambassador.MetricAsync("sidecars_ambassador_tcp_closed_connections_total", ("service", "tcp"), ("reason", "tls")) >= 1);
        }

        await using var stream = await ConnectAsync(4);
        await stream.WriteAsync("hello"u8.ToArray());
        var answer = new byte[10];
        await stream.ReadExactlyAsync(answer);
        Assert.Equal("echo:hello", Encoding.ASCII.GetString(answer));
        Assert.Equal(1, _echo.Connections);
    }

    [Fact]
    public async Task ChangedFiles_HoldForNewConnections()
    {
        foreach (var port in (int[])[1, 4])
        {
            string before;
            await using (var stream = await ConnectAsync(port))
            {
                before = stream.RemoteCertificate!.GetSerialNumberString();
            }

            WriteServer();

            await Eventually.True(async () =>
            {
                await using var stream = await ConnectAsync(port);
                return stream.RemoteCertificate!.GetSerialNumberString() != before;
            });
        }
    }

    [Fact]
    public async Task Reload_TurnsTlsOffAndOn()
    {
        using var plain = new HttpClient();
        using var secure = Client(null);

        Assert.Equal(HttpStatusCode.OK, (await _ambassador.ReloadAsync(Services("http: { upstreams: [ 'http://127.0.0.1:$9' ] }", isFirstSecured: false))).Status);
        await Eventually.True(async () => await plain.GetStringAsync(_ambassador.Url(1)) == "Hello, world!");

        Assert.Equal(HttpStatusCode.OK, (await _ambassador.ReloadAsync(Services("http: { upstreams: [ 'http://127.0.0.1:$9' ] }"))).Status);
        await Eventually.True(async () => await secure.GetStringAsync(Url(1)) == "Hello, world!");
    }

    private string Services(string http, bool isFirstSecured = true)
    {
        var tls = $"listen_tls: {{ certificate: '{_folder["server.crt"]}', key: '{_folder["server.key"]}'";
        var one = http.Replace("$9", $"{_nginx.Port}", StringComparison.Ordinal);
        return $$"""
            services:
              - { name: one, listen: '127.0.0.1:$1', {{(isFirstSecured ? tls + " }, " : "")}}{{one}} }
              - { name: two, listen: '127.0.0.1:$2', {{tls}} }, {{one.Replace("http: {", "http: { protocol: h2c,", StringComparison.Ordinal)}} }
              - { name: mutual, listen: '127.0.0.1:$3', {{tls}}, client_ca: '{{_folder["ca.pem"]}}', min_version: 1.3 }, {{one}} }
              - { name: tcp, listen: '127.0.0.1:$4', {{tls}} }, tcp: { upstreams: [ '127.0.0.1:{{_echo.Port}}' ] } }
            """;
    }

    private void WriteServer()
    {
        var (certificate, key) = _authority.Issue("localhost");
        _folder.Write("server.crt", certificate);
        _folder.Write("server.key", key);
    }

    private Uri Url(int number) => new($"https://127.0.0.1:{_ambassador.Port(number)}/");

    /// <summary>A client that trusts the test's authority, with a certificate of the one that is given.</summary>
    private HttpClient Client(Authority? authority, SslProtocols protocols = SslProtocols.None)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = Policy();
        handler.SslOptions.EnabledSslProtocols = protocols;
        if (authority is not null)
        {
            var (certificate, key) = authority.Issue("app");
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];
        }

        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
    }

    private async Task<SslStream> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _ambassador.Port(port));
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Policy() });
        return stream;
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(_authority.Pem);
        return policy;
    }
}
