using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Common.Tls;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Common.Tests.Tls;

public sealed class ClientTlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Authority _authority = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task SecureAsync_AuthorityIsTrusted_SpeaksAndSendsTheName()
    {
        using var server = new TlsServer(_authority.Issue("server.test"));
        var tls = Create(new() { Ca = _folder.Write("ca.pem", _authority.Pem), ServerName = "server.test" });
        Assert.Equal((null, "server.test"), await ShakeHandsAsync(server, tls));
    }

    [Fact]
    public async Task SecureAsync_AuthorityOfAnother_IsRefused()
    {
        using var other = new Authority();
        using var server = new TlsServer(other.Issue("server.test"));
        var tls = Create(new() { Ca = _folder.Write("ca.pem", _authority.Pem), ServerName = "server.test" });
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeHandsAsync(server, tls));
    }

    [Fact]
    public async Task SecureAsync_SystemAuthoritiesOnly_RefusesOurs()
    {
        using var server = new TlsServer(_authority.Issue("server.test"));
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeHandsAsync(server, Create(new() { ServerName = "server.test" })));
    }

    [Fact]
    public async Task SecureAsync_NameOfAnother_IsRefusedUnlessNothingIsChecked()
    {
        using var server = new TlsServer(_authority.Issue("server.test"));
        var ca = _folder.Write("ca.pem", _authority.Pem);
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeHandsAsync(server, Create(new() { Ca = ca, ServerName = "other.test" })));
        Assert.Equal((null, "other.test"), await ShakeHandsAsync(server, Create(new() { InsecureSkipVerify = true, ServerName = "other.test" })));
    }

    [Fact]
    public async Task SecureAsync_ServerTooOld_IsRefused()
    {
        using var server = new TlsServer(_authority.Issue("server.test")) { Protocols = SslProtocols.Tls12 };
        var ca = _folder.Write("ca.pem", _authority.Pem);
        await ShakeHandsAsync(server, Create(new() { Ca = ca, ServerName = "server.test" }));
        var strict = Create(new() { Ca = ca, ServerName = "server.test", MinVersion = TlsVersion.Tls13 });
        await Assert.ThrowsAnyAsync<Exception>(() => ShakeHandsAsync(server, strict));
    }

    [Fact]
    public async Task SecureAsync_CertificateOfAnIntermediate_IsShownWithIt()
    {
        using var intermediate = _authority.Intermediate();
        using var root = X509Certificate2.CreateFromPem(_authority.Pem);
        using var server = new TlsServer(_authority.Issue("server.test")) { ClientAuthority = root };
        var (certificate, key) = intermediate.Issue("client.test");
        var tls = Create(Mutual(certificate + intermediate.Pem, key));
        Assert.Equal(("CN=client.test", "server.test"), await ShakeHandsAsync(server, tls));
    }

    [Fact]
    public async Task For_SecretIsSwapped_NewConnectionsShowTheNewCertificate()
    {
        using var root = X509Certificate2.CreateFromPem(_authority.Pem);
        using var server = new TlsServer(_authority.Issue("server.test")) { ClientAuthority = root };
        Dictionary<string, string> Files(string client)
        {
            var (certificate, key) = _authority.Issue(client);
            return new() { ["ca.crt"] = _authority.Pem, ["tls.crt"] = certificate, ["tls.key"] = key };
        }

        var volume = new ConfigMapVolume(_folder.Path, Files("one.test"));
        var tls = Create(new() { Ca = _folder["ca.crt"], Certificate = _folder["tls.crt"], Key = _folder["tls.key"], ServerName = "server.test" });
        Assert.Equal("CN=one.test", (await ShakeHandsAsync(server, tls)).Client);

        volume.Update(Files("two.test"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("CN=two.test", (await ShakeHandsAsync(server, tls)).Client);
    }

    [Fact]
    public async Task For_AuthorityIsReplaced_TrustsTheNewOneOnly()
    {
        using var next = new Authority("Next Authority");
        using var before = new TlsServer(_authority.Issue("server.test"));
        using var after = new TlsServer(next.Issue("server.test"));
        var tls = Create(new() { Ca = _folder.Write("ca.pem", _authority.Pem), ServerName = "server.test" });
        await ShakeHandsAsync(before, tls);

        _folder.Write("ca.pem", next.Pem);
        _time.Advance(TimeSpan.FromSeconds(1));
        await ShakeHandsAsync(after, tls);
        await Assert.ThrowsAsync<AuthenticationException>(() => ShakeHandsAsync(before, tls));
    }

    [Fact]
    public async Task For_CertificateAndKeyChangeOneByOne_KeepsTheOldPairUntilBothBelongTogether()
    {
        using var root = X509Certificate2.CreateFromPem(_authority.Pem);
        using var server = new TlsServer(_authority.Issue("server.test")) { ClientAuthority = root };
        var (certificate, key) = _authority.Issue("one.test");
        var tls = Create(Mutual(certificate, key));
        await ShakeHandsAsync(server, tls);

        var (nextCertificate, nextKey) = _authority.Issue("two.test");
        _folder.Write("client.crt", nextCertificate);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("CN=one.test", (await ShakeHandsAsync(server, tls)).Client);

        File.Delete(_folder["client.key"]);
        Assert.Equal("CN=one.test", (await ShakeHandsAsync(server, tls)).Client);

        _folder.Write("client.key", nextKey);
        Assert.Equal("CN=two.test", (await ShakeHandsAsync(server, tls)).Client);
    }

    [Fact]
    public void For_NeverRight_SaysWhichFileAndGoesOnWhenItIsMended()
    {
        var tls = Create(new() { Ca = _folder["ca.pem"] });
        Assert.Contains($"tls.ca '{_folder["ca.pem"]}' cannot be read", Assert.Throws<AuthenticationException>(() => tls.For("a")).Message, StringComparison.Ordinal);
        _folder.Write("ca.pem", "no PEM");
        Assert.Contains("holds no certificate", Assert.Throws<AuthenticationException>(() => tls.For("a")).Message, StringComparison.Ordinal);
        _folder.Write("ca.pem", _authority.Pem);
        Assert.Single(tls.For("a").CertificateChainPolicy!.CustomTrustStore);
    }

    [Fact]
    public void Problems_ManyMistakes_AreAllFound() => Assert.Equal(
        ["ca", "insecure_skip_verify", "key"],
        new ClientTlsOptions { Ca = "relative", Key = "/k", InsecureSkipVerify = true }.Problems().Select(p => p.Key).Order(StringComparer.Ordinal));

    private static async Task<(string? Client, string Name)> ShakeHandsAsync(TlsServer server, ClientTls tls)
    {
        var accepting = server.AcceptAsync();
        using var connection = await server.ConnectAsync();
        try
        {
            await using var stream = await tls.SecureAsync(connection.GetStream(), "127.0.0.1", [], CancellationToken.None);
            await stream.ReadExactlyAsync(new byte[5]);
            return await accepting;
        }
        catch
        {
            connection.Close();

            // under TLS 1.3 the server is done before the client has seen its certificate
            await ((Task)accepting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private ClientTlsOptions Mutual(string certificate, string key) => new()
    {
        Ca = _folder.Write("ca.pem", _authority.Pem),
        Certificate = _folder.Write("client.crt", certificate),
        Key = _folder.Write("client.key", key),
        ServerName = "server.test",
    };

    private ClientTls Create(ClientTlsOptions options) => new(options, _time, NullLogger.Instance);
}
