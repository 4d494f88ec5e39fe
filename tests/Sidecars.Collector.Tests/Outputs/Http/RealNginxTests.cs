using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Outputs.Http;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs.Http;

/// <summary>What a real nginx answers, and how it speaks TLS.</summary>
public sealed class RealNginxTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_status_is_told_apart()
    {
        (int Status, string? Reason, bool IsRefused)[] expected =
        [
            (200, null, false), (204, null, false),
            (301, "redirect", false), (307, "redirect", false),
            (400, "refused", true), (401, "unauthorized", false), (403, "unauthorized", false), (404, "address", false), (405, "address", false),
            (409, "refused", true), (415, "address", false), (422, "refused", true), (429, "throttled", false),
            (500, "unavailable", false), (502, "unavailable", false), (503, "unavailable", false), (504, "unavailable", false),
        ];
        var locations = string.Join('\n', expected.Select(e => e.Status / 100 == 3
            ? $"location = /answer/{e.Status} {{ return {e.Status} /elsewhere; }}"
            : $"location = /answer/{e.Status} {{ add_header Retry-After 7 always; return {e.Status}; }}"));
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { Server = locations });
        foreach (var (status, reason, isRefused) in expected)
        {
            using var output = Create(new Uri(nginx.Url, $"answer/{status}").ToString());
            var delivery = await output.WriteAsync(Batches.Of("1\n"), default);
            Assert.Equal((status, reason, isRefused), (status, delivery.Failure, delivery.IsRefused));
            Assert.Equal((status, status is 429 or >= 500 ? TimeSpan.FromSeconds(7) : null), (status, status is 429 or >= 500 ? delivery.RetryAfter : null));
        }
    }

    [Fact]
    public async Task Body_over_the_servers_limit_is_refused()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { Server = "client_max_body_size 1k; location = /in { proxy_pass http://127.0.0.1:9/; }" });
        using var output = Create(new Uri(nginx.Url, "in").ToString());
        var delivery = await output.WriteAsync(Batches.Of(new string('x', 2000) + "\n"), default);
        Assert.Equal(("too_large", true), (delivery.Failure, delivery.IsRefused));
    }

    [Fact]
    public async Task Certificates_of_both_sides_are_swapped_under_load_and_every_batch_is_taken()
    {
        using var authority = new Authority();
        var port = FreePort.Next();
        WritePair("server", authority.Issue("server.test"));
        WritePair("client", authority.Issue("client-0.test"));
        var ca = _folder.Write("ca.pem", authority.Pem);
        await using var nginx = await NginxServer.StartAsync(new NginxSettings
        {
            LogFormat = "$ssl_client_s_dn $status",
            Server = $"""
                listen 127.0.0.1:{port} ssl;
                ssl_certificate {_folder["server.crt"]};
                ssl_certificate_key {_folder["server.key"]};
                ssl_client_certificate {ca};
                ssl_verify_client on;
                """,
        });
        var time = new FakeTimeProvider();
        using var output = Create($"https://localhost:{port}/", options =>
        {
            options.Tls = new() { Ca = ca, Certificate = _folder["client.crt"], Key = _folder["client.key"], ServerName = "server.test" };
        }, time);
        for (var round = 0; round < 4; round++)
        {
            WritePair("client", authority.Issue(string.Create(CultureInfo.InvariantCulture, $"client-{round}.test")));
            WritePair("server", authority.Issue("server.test"));
            nginx.Reload();
            time.Advance(TimeSpan.FromSeconds(1));
            for (var i = 0; i < 20; i++)
            {
                await Eventually.True(async () => (await output.WriteAsync(Batches.Of("1\n"), default)).IsAcknowledged, TimeSpan.FromSeconds(60));
            }

            var expected = $"CN=client-{round}.test 200";
            await Eventually.True(() => File.ReadLines(nginx.AccessLog).Count(line => line == expected) >= 20, TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task Client_without_a_certificate_is_refused_as_badly_configured_and_a_foreign_server_is_not_spoken_to()
    {
        using var authority = new Authority();
        using var other = new Authority("Other");
        var port = FreePort.Next();
        WritePair("server", authority.Issue("server.test"));
        var ca = _folder.Write("ca.pem", authority.Pem);
        await using var nginx = await NginxServer.StartAsync(new NginxSettings
        {
            Server = $"listen 127.0.0.1:{port} ssl; ssl_certificate {_folder["server.crt"]}; ssl_certificate_key {_folder["server.key"]}; ssl_client_certificate {ca}; ssl_verify_client on;",
        });
        using var bare = Create($"https://localhost:{port}/", options => options.Tls = new() { Ca = ca, ServerName = "server.test" });

        // nginx answers 400 "No required SSL certificate was sent" to what it does not know
        var delivery = await bare.WriteAsync(Batches.Of("1\n"), default);
        Assert.Contains("SSL certificate", delivery.Detail, StringComparison.Ordinal);

        using var wary = Create($"https://localhost:{port}/", options => options.Tls = new() { Ca = _folder.Write("other.pem", other.Pem), ServerName = "server.test" });
        Assert.Equal("tls", (await wary.WriteAsync(Batches.Of("1\n"), default)).Failure);
    }

    private void WritePair(string name, (string Certificate, string Key) pair)
    {
        _folder.Write($"{name}.crt", pair.Certificate);
        _folder.Write($"{name}.key", pair.Key);
    }

    private static Output Create(string url, Action<HttpOutputOptions>? change = null, TimeProvider? time = null)
    {
        var options = new HttpOutputOptions { Url = url, Encoding = HttpEncoding.Raw };
        change?.Invoke(options);
        return HttpOutput.Create("http", options, TestOutputs.Context(time)).Output;
    }
}
