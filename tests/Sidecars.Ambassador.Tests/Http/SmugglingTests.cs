using System.Text.RegularExpressions;

namespace Sidecars.Ambassador.Tests.Http;

/// <summary>
/// Requests that two servers in a row could read in two ways. What a server behind the ambassador gets has one meaning only,
/// and it gets no more requests than the client gets answers for.
/// </summary>
public sealed partial class SmugglingTests : IAsyncLifetime
{
    private const string Hidden = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

    private readonly RawUpstream _upstream = new();
    private Ambassador _ambassador = null!;

    public async ValueTask InitializeAsync() => _ambassador = await Ambassador.StartAsync($$"""
        services:
          - name: api
            listen: 127.0.0.1:$1
            http:
              upstreams: [ "http://127.0.0.1:{{_upstream.Port}}" ]
              routes: [ { name: public, match: { path_prefix: /public } }, { name: root, match: { path: / } }, { name: hidden, match: { path: /smuggled } } ]
        """);

    public async ValueTask DisposeAsync()
    {
        await _ambassador.DisposeAsync();
        _upstream.Dispose();
    }

    [Fact]
    public async Task AmbiguousLengths_HaveOneMeaningBehind()
    {
        string[] requests =
        [
            $"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n24\r\n{Hidden}\r\n0\r\n\r\n",
            $"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: {Hidden.Length}\r\n\r\n{Hidden}",
            $"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: 0\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Content-Length: 0\n\nGET /smuggled HTTP/1.1\nHost: x\n\n",
            $"Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\nContent-Length: 50\r\n\r\n{Hidden}",
            $"Transfer-Encoding: chunked\r\n\r\n3;a=\"\r\nx\"\r\nabc\r\n0\r\n\r\n{Hidden}",
            $"Transfer-Encoding: chunked\r\n\r\n3;a\nabc\r\n0\r\n\r\n{Hidden}",
            $"Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n{Hidden}",
            $"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Hidden}",
            $"Connection: Content-Length\r\nContent-Length: {Hidden.Length}\r\n\r\n{Hidden}",
            $"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n24\r\n{Hidden}\r\n0\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            var before = _upstream.Requests.Count;
            var answer = await SendAsync($"POST / HTTP/1.1\r\nHost: x\r\n{request}");

            Assert.True(_upstream.Troubles.Count == 0, request + "\n" + string.Join('\n', _upstream.Troubles));
            Assert.True(_upstream.Requests.Count - before == UpstreamAnswers().Count(answer), $"{request}\n{_upstream.Requests.Count - before} requests for:\n{answer}");
        }
    }

    [Fact]
    public async Task BrokenRequests_AreRefusedOrMended()
    {
        string[] requests =
        [
            "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            "Content-Length: 5, 5\r\n\r\nhello",
            "Content-Length: +5\r\n\r\nhello",
            "Content-Length: 5 5\r\n\r\nhello",
            "Content-Length: 0x5\r\n\r\nhello",
            "Content-Length: 99999999999999999999\r\n\r\nhello",
            "Content-Length : 5\r\n\r\nhello",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "Folded: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Bare: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Zero: a\0b\r\n\r\n",
            ": nameless\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
            "Host: y\r\n\r\n",
        ];
        foreach (var request in requests)
        {
            var before = _upstream.Requests.Count;
            var answer = await SendAsync($"POST / HTTP/1.1\r\nHost: x\r\n{request}{Hidden}");

            // most are refused; what is let through (a sign before a length) goes on in its plain form
            Assert.True(_upstream.Troubles.Count == 0, request + "\n" + string.Join('\n', _upstream.Troubles));
            Assert.True(_upstream.Requests.Count - before == UpstreamAnswers().Count(answer), request + "\n" + answer);
        }
    }

    [Fact]
    public async Task HeadersOfOneHop_StayOnIt()
    {
        var answer = await SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: X-Mine\r\nX-Mine: 1\r\nX-Yours: 2\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\nTE: gzip\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        var request = Assert.Single(_upstream.Requests);
        Assert.Equal("2", request["x-yours"]);
        Assert.All(["x-mine", "keep-alive", "proxy-connection", "proxy-authorization", "te"], name => Assert.Null(request[name]));
        Assert.DoesNotContain("X-Hop", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/public/../smuggled", "/smuggled")]
    [InlineData("/public/%2e%2e/secret", null)]
    [InlineData("/public/../secret", null)]
    [InlineData("/public/./../secret", null)]
    [InlineData("/./public/x", "/public/x")]
    [InlineData("/public/..%2fsecret", "/public/..%2fsecret")]
    [InlineData("/public/%2e%2e%2fsecret", "/public/..%2fsecret")]
    [InlineData("/public/x//../../../secret", null)]
    [InlineData("//secret", null)]
    public async Task Path_IsRoutedAsTheServerBehindReadsIt(string target, string? path)
    {
        var answer = await SendAsync($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.StartsWith(path is null ? "HTTP/1.1 404 " : "HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(path is null ? [] : [path], _upstream.Requests.Select(r => new Uri("http://x" + r.Target).AbsolutePath));
    }

    [Fact]
    public async Task HeadThatIsTooLarge_IsRefused()
    {
        Assert.StartsWith("HTTP/1.1 414 ", await SendAsync($"GET /public/{new string('a', 9000)} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await SendAsync($"GET / HTTP/1.1\r\nHost: x\r\nBig: {new string('a', 40000)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 150).Select(i => $"H{i}: a\r\n"))}\r\n"), StringComparison.Ordinal);
        Assert.Empty(_upstream.Requests);
    }

    [Fact]
    public async Task ClientThatStopsWithinItsHead_HoldsUpNobody_AndReachesNobody()
    {
        var slow = new List<TcpClient>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(new TcpClient("127.0.0.1", _ambassador.Port(1)));
            await slow[^1].GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nSlow: "u8.ToArray());
        }

        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.Single(_upstream.Requests);
        slow.ForEach(client => client.Dispose());
    }

    /// <summary>Sends bytes as they are and nothing after them, and reads to the end of the connection.</summary>
    private async Task<string> SendAsync(string request)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _ambassador.Port(1), deadline.Token);
        await using var stream = client.GetStream();
        var closing = request.Contains("Connection: close", StringComparison.Ordinal) ? "" : "GET /not-there HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        var answer = new StringBuilder();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request + closing), deadline.Token);
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, deadline.Token) is > 0 and var read)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // reset with something unread: what came before counts
        }

        return answer.ToString();
    }

    [GeneratedRegex("^X-Upstream: ", RegexOptions.Multiline)]
    private static partial Regex UpstreamAnswers();
}
