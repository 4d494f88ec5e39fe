using System.Net;
using System.Text.Json;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Hosting;

/// <summary>The admin port behind a web configuration, asked by curl and by Prometheus.</summary>
public sealed class WebConfigProcessTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private readonly int _plain = FreePort.Next();
    private readonly Authority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task users_need_their_passwords_health_needs_none_and_a_changed_file_counts()
    {
        WriteWeb($$"""
            http_server_config: { headers: { X-Frame-Options: deny } }
            basic_auth_users: { alice: {{await HashAsync("one")}}, bob: {{await HashAsync("two")}} }
            """);
        await using var sample = await StartAsync();

        Assert.Equal("200", await StatusAsync("metrics", "-u", "alice:one"));
        Assert.Equal("200", await StatusAsync("metrics", "-u", "bob:two"));
        foreach (var wrong in (string[][])[["-u", "alice:two"], ["-u", "carol:one"], ["-H", "Authorization: Bearer one"], []])
        {
            Assert.Equal("401", await StatusAsync("metrics", wrong));
        }

        Assert.Equal("401", await StatusAsync("quitquitquit", "-X", "POST"));
        foreach (var health in (string[])["healthz", "readyz", "startupz"])
        {
            Assert.Equal("200", await StatusAsync(health));
        }

        var (_, head, _) = await CurlAsync("metrics", "-I", "-X", "GET");
        Assert.Contains("WWW-Authenticate: Basic", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Frame-Options: deny", head, StringComparison.OrdinalIgnoreCase);

        WriteWeb($"basic_auth_users: {{ alice: {await HashAsync("three")} }}");
        await Eventually.True(async () => await StatusAsync("metrics", "-u", "alice:three") == "200", Deadline);
        Assert.Equal("401", await StatusAsync("metrics", "-u", "alice:one"));
        Assert.Equal("401", await StatusAsync("metrics", "-u", "bob:two"));

        WriteWeb("basic_auth_users: { alice: plain }\nbasic_auth: {}\n");
        await Eventually.True(
            async () => await StatusAsync("metrics", "-u", "alice:three") == "200" && sample.Output.Contains("The changed web configuration was refused", StringComparison.Ordinal), Deadline);
        Assert.Contains("web.yml:1:28: basic_auth_users.alice: this is no bcrypt hash", sample.Output, StringComparison.Ordinal);
        Assert.Contains("basic_auth: unknown key", sample.Output, StringComparison.Ordinal);

        WriteWeb("\n");
        await Eventually.True(async () => await StatusAsync("metrics") == "401" && sample.Output.Contains("web.yml is empty", StringComparison.Ordinal), Deadline);

        WriteWeb("basic_auth_users: {}\n");
        await Eventually.True(async () => await StatusAsync("metrics") == "200", Deadline);
        Assert.Equal(3, sample.Output.Split("The changed web configuration was refused").Length); // once each, however often it was looked at
    }

    [Fact]
    public async Task clients_show_certificates_prometheus_scrapes_and_the_kubelet_has_a_door_of_its_own()
    {
        WriteTls(_authority);
        await using var sample = await StartAsync();
        using var strangers = new Authority("Strangers");
        WritePair("client", _authority.Issue("prometheus"));
        WritePair("other", _authority.Issue("other"));
        WritePair("stranger", strangers.Issue("prometheus"));
        string[] client = ["--cert", _folder["client.crt"], "--key", _folder["client.key"], "-u", "alice:one"];

        Assert.Equal("200 2", await StatusAsync("metrics", [.. client, "-w", "%{http_code} %{http_version}"]));
        Assert.Equal("200 1.1", await StatusAsync("metrics", [.. client, "--http1.1", "-w", "%{http_code} %{http_version}"]));
        Assert.Equal("200", await StatusAsync("metrics", [.. client, "--tls-max", "1.2"]));
        Assert.Equal("401", await StatusAsync("metrics", "--cert", _folder["client.crt"], "--key", _folder["client.key"]));
        Assert.Equal("000", await StatusAsync("healthz"));
        Assert.Equal("000", await StatusAsync("metrics", "--cert", _folder["other.crt"], "--key", _folder["other.key"], "-u", "alice:one"));
        Assert.Equal("000", await StatusAsync("metrics", "--cert", _folder["stranger.crt"], "--key", _folder["stranger.key"], "-u", "alice:one"));
        Assert.Equal("000", await StatusAsync("metrics", [.. client, "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"]));

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await sample.GetAsync("healthz"));
        Assert.Equal(HttpStatusCode.NotFound, (await sample.GetAsync("metrics")).Status);
        Assert.Equal(0, (await SidecarProcess.RunAsync("sample", ["probe", "ready", "--config", _folder["sample.yaml"]])).ExitCode);

        await using var prometheus = await PrometheusServer.StartScrapingAsync(
            "scheme: https",
            $"tls_config: {{ ca_file: {_folder["ca.crt"]}, cert_file: {_folder["client.crt"]}, key_file: {_folder["client.key"]} }}",
            "basic_auth: { username: alice, password: one }");
        using var target = prometheus.Scrape(new Uri($"https://127.0.0.1:{_port}/"));
        await target.WaitSumAsync(1, "up");
        await target.WaitScrapedAsync();

        using var renewed = new Authority("Renewed");
        WritePair("server", renewed.Issue("localhost"));
        _folder.Write("ca2.crt", renewed.Pem);
        await Eventually.True(async () => await StatusAsync("metrics", [.. client, "--cacert", _folder["ca2.crt"]]) == "200", Deadline);
    }

    [Fact]
    public async Task tls_for_everybody_a_probe_reaches_it_and_http2_can_be_off()
    {
        var (certificate, key) = _authority.Issue("localhost");
        _folder.Write("ca.crt", _authority.Pem);
        _folder.Write("server.key", key);
        WriteWeb($"tls_server_config: {{ cert: {JsonSerializer.Serialize(certificate)}, key_file: server.key, min_version: TLS13, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256] }}\nhttp_server_config: {{ http2: false }}\n");
        await using var sample = await StartAsync();

        Assert.Equal("200 1.1", await StatusAsync("healthz", "-w", "%{http_code} %{http_version}"));
        Assert.Equal("000", await StatusAsync("healthz", "--tls-max", "1.2"));
        var own = _folder.Write("own.yaml", $"admin: {{ listen: \"127.0.0.1:{_port}\", web_config: {_folder["web.yml"]} }}\n");
        Assert.Equal(0, (await SidecarProcess.RunAsync("sample", ["probe", "ready", "--config", own])).ExitCode);

        WriteWeb("basic_auth_users: {}\n");
        await Eventually.True(
            async () => await StatusAsync("metrics") == "200" && sample.Output.Contains("whether TLS and HTTP/2 are spoken is read at start", StringComparison.Ordinal), Deadline);
    }

    [Fact]
    public async Task check_tells_every_mistake_at_its_place()
    {
        _folder.Write("sample.yaml", $"admin: {{ listen: \"127.0.0.1:{_port}\", web_config: {_folder["web.yml"]} }}\n");
        WriteWeb("""
            tls_server_config:
              cert_file: server.crt
              client_auth_type: RequireAndVerifyClientCert
              min_version: TLS13
              max_version: TLS12
              curve_preferences: [X25519]
              cipher_suites: [RC4]
              client_allowed_sans: [prometheus]
            http_server_config:
              headers: { Content-Length: "1" }
            rate_limit: { interval: 1s }
            """);

        var (exitCode, _, error) = await SidecarProcess.RunAsync("sample", ["check", _folder["sample.yaml"]]);

        Assert.Equal(2, exitCode);
        foreach (var mistake in (string[])
        [
            "web.yml:6:22: tls_server_config.curve_preferences: curves cannot be chosen here; leave it out",
            "web.yml:5:16: tls_server_config.max_version: this is older than min_version",
            "web.yml:7:19: tls_server_config.cipher_suites[0]: 'RC4' is not the IANA name of a cipher suite",
            "tls_server_config: TLS needs either key_file or key",
            "web.yml:3:21: tls_server_config.client_auth_type: clients are to be verified and there is no authority; add client_ca_file",
            "http_server_config.headers.Content-Length: Content-Length is what each answer says of itself; leave it out",
            "rate_limit: unknown key",
        ])
        {
            Assert.Contains(mistake, error, StringComparison.Ordinal);
        }

        WriteWeb("tls_server_config: { cert_file: none.crt, key_file: none.key }\n");
        Assert.Contains("cert_file '" + _folder["none.crt"] + "' cannot be read", (await SidecarProcess.RunAsync("sample", ["run", "--config", _folder["sample.yaml"]])).Error, StringComparison.Ordinal);
    }

    private void WriteTls(Authority authority)
    {
        WritePair("server", authority.Issue("localhost"));
        _folder.Write("ca.crt", authority.Pem);
        var hash = BCrypt.Net.BCrypt.HashPassword("one", 4);
        WriteWeb($$"""
            tls_server_config:
              cert_file: server.crt
              key_file: {{_folder["server.key"]}}
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.crt
              client_allowed_sans: [prometheus]
            basic_auth_users: { alice: {{hash}} }
            """);
    }

    // renamed, so that it is never read half written
    private void WriteWeb(string text) => File.Move(_folder.Write("web.new", text), _folder["web.yml"], overwrite: true);

    private void WritePair(string name, (string Certificate, string Key) pair)
    {
        File.Move(_folder.Write("new.crt", pair.Certificate), _folder[name + ".crt"], overwrite: true);
        File.Move(_folder.Write("new.key", pair.Key), _folder[name + ".key"], overwrite: true);
    }

    private async Task<SidecarProcess> StartAsync()
    {
        var file = _folder.Write("sample.yaml", $$"""
            admin: { listen: "127.0.0.1:{{_port}}", web_config: {{_folder["web.yml"]}}, plain_listen: "127.0.0.1:{{_plain}}" }
            """);
        var sample = SidecarProcess.Start("sample", _plain, ["--config", file]);
        await sample.WaitReadyAsync();
        return sample;
    }

    /// <summary>The status that curl saw; 000 for a handshake that failed.</summary>
    private async Task<string> StatusAsync(string path, params string[] more) =>
        (await CurlAsync(path, ["-o", "/dev/null", "-w", "%{http_code}", .. more])).Output;

    private Task<(int ExitCode, string Output, string Error)> CurlAsync(string path, params string[] more)
    {
        string[] tls = File.Exists(_folder["ca.crt"]) && !more.Contains("--cacert") ? ["--cacert", _folder["ca.crt"]] : [];
        var scheme = File.Exists(_folder["ca.crt"]) ? "https" : "http";
        return ClientProgram.RunAsync("curl", ["-s", "--max-time", "60", .. tls, .. more, $"{scheme}://127.0.0.1:{_port}/{path}"]);
    }

    /// <summary>A hash that is not of our own library's making: the C library's.</summary>
    private static async Task<string> HashAsync(string password)
    {
        var (exitCode, output, error) = await ClientProgram.RunAsync(
            "/usr/bin/python3", ["-W", "ignore", "-c", "import crypt, sys; print(crypt.crypt(sys.argv[1], crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))", password]);
        Assert.True(exitCode == 0, error);
        return output.Trim();
    }
}
