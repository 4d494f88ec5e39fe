using System.Globalization;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;

namespace Sidecars.Ambassador.Tests.Http;

public sealed class ForwardingTests(ForwardingTests.Fixture fixture) : IClassFixture<ForwardingTests.Fixture>, IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Origin _origin = fixture.Origin;
    private readonly Ambassador _ambassador = fixture.Ambassador;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Request_WithDefaults_ArrivesAsSent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(1, "/a%2Fb/c%20d?q=1%202&r"));
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("X-Own", ["1", "2"]);
        using var response = await _client.SendAsync(request);

        var port = _origin.Port.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(
            $"""
            GET /a%2Fb/c%20d?q=1%202&r
            Host: localhost:{port}
            traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
            X-Own: 1, 2

            """,
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%252Fb", "/a%252Fb")]
    [InlineData("/%FF%7Ex?%2F", "/%FF~x?%2F")]
    [InlineData("/a/%2e%2e/b%2Fc", "/b%2Fc")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/%C3%A4/ok", "/%C3%A4/ok")]
    [InlineData("/;x=1,@:!$&'()*+", "/;x=1,@:!$&'()*+")]
    [InlineData("//two//slashes", "//two//slashes")]
    public async Task Path_KeepsItsMeaning(string sent, string arrived)
    {
        using var client = new TcpClient("127.0.0.1", _ambassador.Port(1));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {sent} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream());

        Assert.Contains($"GET {arrived}\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ForAServiceThatPreservesTheHost_KeepsItAndGoesBelowTheUpstreamsPath()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(2, "/x"));
        request.Headers.Host = "shop.internal";

        var seen = await (await _client.SendAsync(request)).Content.ReadAsStringAsync();

        Assert.Equal("GET /base/x\nHost: shop.internal\n", seen);
    }

    [Fact]
    public async Task Request_OverAUnixSocket_IsServed()
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_ambassador.Folder, "api.sock")), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        Assert.StartsWith("GET /over/unix\n", await client.GetStringAsync(new Uri("http://anything/over/unix")), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("666", Convert.ToString((int)File.GetUnixFileMode(Path.Combine(_ambassador.Folder, "api.sock")), 8));
        }
    }

    [Fact]
    public async Task Body_OfManyMegabytes_ArrivesWhole()
    {
        var bytes = Origin.Bytes(48 * 1024 * 1024);
        using var content = new ByteArrayContent(bytes);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, _ambassador.Url(1, "/hash")) { Content = new ByteArrayContent(bytes) };
        chunked.Headers.TransferEncodingChunked = true;

        var withLength = await _client.PostAsync(_ambassador.Url(1, "/hash"), content);
        var inChunks = await _client.SendAsync(chunked);
        var download = await _client.GetByteArrayAsync(_ambassador.Url(1, $"/zeros?{bytes.Length}"));

        var expected = Convert.ToHexString(SHA256.HashData(bytes));
        Assert.Equal(expected, await withLength.Content.ReadAsStringAsync());
        Assert.Equal(expected, await inChunks.Content.ReadAsStringAsync());
        Assert.Equal(expected, Convert.ToHexString(SHA256.HashData(download)));
    }

    [Fact]
    public async Task Response_ThatComesInPieces_IsPassedOnAsItComes()
    {
        using var response = await _client.GetAsync(_ambassador.Url(1, "/halves?pieces"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[100];

        var read = await body.ReadAsync(buffer);
        Assert.Equal("first,", Encoding.ASCII.GetString(buffer, 0, read));
        _origin.Release("?pieces");
        read = await body.ReadAsync(buffer);
        Assert.Equal("second", Encoding.ASCII.GetString(buffer, 0, read));
    }

    [Fact]
    public async Task Response_CutByTheUpstream_IsCutForTheApplicationToo()
    {
        using var response = await _client.GetAsync(_ambassador.Url(1, "/abort?cut"), HttpCompletionOption.ResponseHeadersRead);

        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte["only the beginning".Length]);
        _origin.Release("?cut");
        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1]));
        await Eventually.True(() => _ambassador.AccessLog.Any(l => l.GetProperty("Reason").GetString() == "upstream_closed"));
    }

    [Fact]
    public async Task WebSocket_EchoesBothWays()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_ambassador.Port(1)}/ws"), default);
        foreach (var length in (int[])[1, 1000, 60000])
        {
            var sent = Origin.Bytes(length);
            var received = new byte[length];
            await socket.SendAsync(sent, WebSocketMessageType.Binary, true, default);
            var at = 0;
            while (at < length)
            {
                at += (await socket.ReceiveAsync(received.AsMemory(at), default)).Count;
            }

            Assert.Equal(sent, received);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal("bye", socket.CloseStatusDescription);
        await Eventually.True(async () => await _ambassador.MetricAsync("sidecars_ambassador_http_requests_total", ("code", "101")) == 1);
    }

    [Fact]
    public async Task SlowClient_GetsItsAnswer()
    {
        // longer between bytes than any read: nobody here may lose patience with an application on the same machine
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _ambassador.Port(1));
        await using var stream = client.GetStream();
        foreach (var letter in "POST /hash HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
        {
            await stream.WriteAsync(new[] { (byte)letter });
        }

        using var reader = new StreamReader(stream);
        Assert.EndsWith(Convert.ToHexString(SHA256.HashData("abc"u8)), await Unchunked(reader), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AccessLog_TellsEachRequest_AndMetricsCountThem()
    {
        for (var i = 0; i < 20; i++)
        {
            using var response = await _client.GetAsync(_ambassador.Url(3, $"/counted?secret={i}"));
        }

        using var strange = new HttpRequestMessage(new HttpMethod("BREW"), _ambassador.Url(3, "/pot"));
        strange.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        using var brewed = await _client.SendAsync(strange);

        Assert.Equal(20, await _ambassador.MetricAsync("sidecars_ambassador_http_requests_total", ("service", "counted"), ("method", "GET"), ("code", "200")));
        Assert.Equal(1, await _ambassador.MetricAsync("sidecars_ambassador_http_requests_total", ("service", "counted"), ("method", "other"), ("code", "200")));
        Assert.Equal(21, await _ambassador.MetricAsync("sidecars_ambassador_http_request_duration_seconds_count", ("service", "counted")));
        await Eventually.Equal(20, () => _ambassador.AccessLog.Count(l => l.GetProperty("Path").GetString() == "/counted"));
        var line = _ambassador.AccessLog.First(l => l.GetProperty("Path").GetString() == "/counted");
        Assert.Equal("counted", line.GetProperty("Service").GetString());
        Assert.Equal("GET", line.GetProperty("Method").GetString());
        Assert.Equal(200, line.GetProperty("Status").GetInt32());
        Assert.Equal($"http://localhost:{_origin.Port}", line.GetProperty("Upstream").GetString());
        Assert.DoesNotContain("secret", _ambassador.Process.Output, StringComparison.Ordinal);
    }

    /// <summary>The body of a response in chunks, as text.</summary>
    private static async Task<string> Unchunked(StreamReader reader)
    {
        var lines = (await reader.ReadToEndAsync()).Split("\r\n");
        return lines.Last(l => l.Length > 3);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal Origin Origin { get; private set; } = null!;

        internal Ambassador Ambassador { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Origin = await Origin.StartAsync();
            Ambassador = await Ambassador.StartAsync($$"""
                access_log: all
                services:
                  - name: api
                    listen: 127.0.0.1:$1
                    http: { upstreams: [ "http://localhost:{{Origin.Port}}" ] }
                  - name: below
                    listen: 127.0.0.1:$2
                    http: { upstreams: [ { address: "http://localhost:{{Origin.Port}}/base" } ], host: preserve }
                  - name: counted
                    listen: 127.0.0.1:$3
                    http: { upstreams: [ "http://localhost:{{Origin.Port}}" ] }
                  - name: socket
                    listen: unix:$folder/api.sock
                    http: { upstreams: [ "http://localhost:{{Origin.Port}}" ] }
                """);
        }

        public async ValueTask DisposeAsync()
        {
            await Ambassador.DisposeAsync();
            await Origin.DisposeAsync();
        }
    }
}
