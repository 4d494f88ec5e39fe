namespace Sidecars.Ambassador.Tests.Http;

/// <summary>The listener decides where a request goes; nothing that a client writes does.</summary>
public sealed class SafetyTests(SafetyTests.Fixture fixture) : IClassFixture<SafetyTests.Fixture>
{
    private readonly Origin _origin = fixture.Origin;
    private readonly Origin _forbidden = fixture.Forbidden;
    private readonly Ambassador _ambassador = fixture.Ambassador;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1:{forbidden}\r\n")]
    [InlineData("GET http://127.0.0.1:{forbidden}/ HTTP/1.1\r\nHost: 127.0.0.1:{forbidden}\r\n")]
    [InlineData("GET //127.0.0.1:{forbidden}/ HTTP/1.1\r\nHost: x\r\n")]
    [InlineData("GET /@127.0.0.1:{forbidden}/ HTTP/1.1\r\nHost: x\r\n")]
    [InlineData("GET /%2e%2e/%2e%2e/x HTTP/1.1\r\nHost: user@127.0.0.1:{forbidden}\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: 127.0.0.1:{forbidden}\r\nForwarded: host=127.0.0.1:{forbidden}\r\n")]
    [InlineData("CONNECT 127.0.0.1:{forbidden} HTTP/1.1\r\nHost: 127.0.0.1:{forbidden}\r\n")]
    public async Task Request_ThatNamesAnotherAddress_NeverGoesThere(string head)
    {
        var before = _origin.Requests;
        foreach (var listener in (int[])[1, 2])
        {
            var answer = await SendAsync(listener, head.Replace("{forbidden}", $"{_forbidden.Port}", StringComparison.Ordinal) + "Connection: close\r\n\r\n");

            Assert.Matches("^HTTP/1.1 (200|400|405) ", answer);
        }

        Assert.Equal(0, _forbidden.Requests);
        Assert.InRange(_origin.Requests - before, 0, 2);
    }

    [Fact]
    public async Task Connect_IsRefused_AndSaysWhy()
    {
        var before = await _ambassador.MetricAsync("sidecars_ambassador_http_rejected_total", ("service", "api"), ("reason", "method"));

        var answer = await SendAsync(1, "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
        Assert.Contains("sidecars-reason: method\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("(method)", answer, StringComparison.Ordinal);
        Assert.Equal(before + 1, await _ambassador.MetricAsync("sidecars_ambassador_http_rejected_total", ("service", "api"), ("reason", "method")));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/healthz")]
    [InlineData("/quitquitquit")]
    [InlineData("/reload")]
    public async Task AdminPort_CannotBeReachedThroughAListener(string path)
    {
        foreach (var listener in (int[])[1, 2])
        {
            foreach (var method in (string[])["GET", "POST"])
            {
                var answer = await SendAsync(
                    listener, $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{_ambassador.AdminPort}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

                Assert.Contains($"{method} {path}\n", answer, StringComparison.Ordinal);
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await _ambassador.Process.GetAsync("readyz")).Status);
    }

    [Fact]
    public async Task Services_CannotBeReachedThroughTheAdminPort()
    {
        var before = _origin.Requests;
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{_ambassador.AdminPort}/anything"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(before, _origin.Requests);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity, chunked, gzip\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nFolded: a\r\n b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nNo-Colon\r\n\r\n")]
    public async Task MalformedRequest_IsRefused(string request)
    {
        Assert.StartsWith("HTTP/1.1 400 ", await SendAsync(1, request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LengthAndChunks_Together_ForwardOnlyOneMeaning()
    {
        var before = _origin.Requests;

        // RFC 9112 6.3: the chunks count; the length must not go on
        var answer = await SendAsync(1, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n");

        Assert.DoesNotContain("\nContent-Length: 4", answer, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(_origin.Requests - before, 0, 1);
    }

    [Fact]
    public async Task HopByHopHeaders_AreNotForwarded()
    {
        var answer = await SendAsync(1, "GET / HTTP/1.1\r\nHost: x\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        foreach (var name in (string[])["Keep-Alive", "Proxy-Connection", "Transfer-Encoding: gzip", "TE"])
        {
            Assert.DoesNotContain($"\n{name}:", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>Sends bytes as they are and reads to the end of the connection.</summary>
    private async Task<string> SendAsync(int listener, string request)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _ambassador.Port(listener), deadline.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), deadline.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(deadline.Token);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal Origin Origin { get; private set; } = null!;

        internal Origin Forbidden { get; private set; } = null!;

        internal Ambassador Ambassador { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Origin = await Origin.StartAsync();
            Forbidden = await Origin.StartAsync();
            Ambassador = await Ambassador.StartAsync($$"""
                services:
                  - name: api
                    listen: 127.0.0.1:$1
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ] }
                  - name: preserving
                    listen: 127.0.0.1:$2
                    http: { upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ], host: preserve }
                """);
        }

        public async ValueTask DisposeAsync()
        {
            await Ambassador.DisposeAsync();
            await Origin.DisposeAsync();
            await Forbidden.DisposeAsync();
        }
    }
}
