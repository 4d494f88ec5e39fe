namespace Sidecars.Ambassador.Tests.Credentials;

/// <summary>What a real nginx gets of the credentials; a server of tokens of our own, checked against RFC 6749.</summary>
public sealed class CredentialTests : IDisposable
{
    private const string Echo = "location = /who { return 200 \"$http_authorization|$http_x_api_key\"; }";

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Bearer_FollowsItsFile_AndReplacesWhatTheApplicationSends()
    {
        var file = _folder.Write("token", "first\n");
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { Server = Echo });
        await using var ambassador = await StartAsync(nginx, $"bearer: '${{file:{file}}}'");
        _client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer of-the-application");

        Assert.Equal("Bearer first|", await _client.GetStringAsync(ambassador.Url(1, "/who")));
        _folder.Write("token", "second\n");

        await Eventually.True(async () => await _client.GetStringAsync(ambassador.Url(1, "/who")) == "Bearer second|", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Basic_AndHeader_AreSent_AndNeverShown()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { Server = Echo });
        await using var basic = await StartAsync(nginx, "basic: { username: Aladdin, password: 'open sesame' }");
        await using var header = await StartAsync(nginx, "header: { name: X-Api-Key, value: k3y-of-all }");

        // RFC 7617, 2
        Assert.Equal("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==|", await _client.GetStringAsync(basic.Url(1, "/who")));
        Assert.Equal("|k3y-of-all", await _client.GetStringAsync(header.Url(1, "/who")));
        foreach (var ambassador in new[] { basic, header })
        {
            var (exitCode, output, error) = await SidecarProcess.RunAsync("ambassador", ["config", "--config", Path.Combine(ambassador.Folder, "config/ambassador.yaml")]);
            var shown = output + error + ambassador.Process.Output + ambassador.Process.Error;
            Assert.Equal(0, exitCode);
            Assert.DoesNotContain("open sesame", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("k3y-of-all", shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OAuth2_FetchesATokenFirst_AndSaysWhyWhereThereIsNone()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { Server = Echo });
        var port = FreePort.Next();
        await using var ambassador = await StartAsync(
            nginx, $"oauth2: {{ token_url: 'http://127.0.0.1:{port}/token', client_id: 'my app', client_secret: 's3cret+', scope: 'a b', timeout: 3s }}");

        using (var refused = await _client.GetAsync(ambassador.Url(1, "/who")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("credentials", refused.Headers.GetValues("sidecars-reason").Single());
        }

        await using var server = await TokenServer.StartAsync(port);

        await Eventually.True(async () => (await _client.GetStringAsync(ambassador.Url(1, "/who"))).StartsWith("Bearer token-", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        var request = server.Requests.First();
        Assert.Equal("Basic " + Convert.ToBase64String("my%20app:s3cret%2B"u8.ToArray()), request.Authorization);
        Assert.Equal("client_credentials", request.Form["grant_type"]);
        Assert.Equal("a b", request.Form["scope"]);
        Assert.DoesNotContain("s3cret", ambassador.Process.Output + ambassador.Process.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("token-", ambassador.Process.Output + ambassador.Process.Error, StringComparison.Ordinal);
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_token_refreshes_total", ("result", "failed")) > 0);
        Assert.True(await ambassador.MetricAsync("sidecars_ambassador_token_refreshes_total", ("result", "ok")) > 0);
    }

    private static Task<Ambassador> StartAsync(NginxServer nginx, string credentials) => Ambassador.StartAsync($$"""
        access_log: all
        services:
          - name: api
            listen: 127.0.0.1:$1
            http:
              upstreams: [ 'http://127.0.0.1:{{nginx.Port}}' ]
              credentials: { {{credentials}} }
        """);
}
