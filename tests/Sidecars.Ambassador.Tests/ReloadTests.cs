using Sidecars.Ambassador.Tests.Http;
using Sidecars.Ambassador.Tests.Tcp;

namespace Sidecars.Ambassador.Tests;

public sealed class ReloadTests : IAsyncLifetime
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(20) };
    private Origin _first = null!;
    private Origin _second = null!;

    public async ValueTask InitializeAsync() => (_first, _second) = (await Origin.StartAsync(), await Origin.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task HttpService_ComesChangesAndGoes_WhileOthersServe()
    {
        var kept = $"services:\n{Http("kept", 1, _first.Port)}";
        await using var ambassador = await Ambassador.StartAsync(kept);
        var held = _client.GetStringAsync(ambassador.Url(1, "/hold"));
        await _first.WaitArrivedAsync();

        await ambassador.ReloadAsync(kept + Http("more", 2, _first.Port));
        await Eventually.True(async () => (await _client.GetAsync(ambassador.Url(2))).IsSuccessStatusCode);

        await ambassador.ReloadAsync(kept + Http("more", 2, _second.Port));
        await Eventually.True(async () => (await _client.GetStringAsync(ambassador.Url(2))).Contains($"Host: 127.0.0.1:{_second.Port}", StringComparison.Ordinal));

        await ambassador.ReloadAsync(kept);
        await Eventually.True(async () => await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(ambassador.Url(2))) is not null);

        _first.Release();
        Assert.Equal("held", await held);
    }

    [Fact]
    public async Task Requests_DuringManyReloads_AllSucceed()
    {
        string Text(int port) => $"services:\n{Http("busy", 1, port)}";
        await using var ambassador = await Ambassador.StartAsync(Text(_first.Port));
        using var stop = new CancellationTokenSource();
        var requests = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            while (!stop.IsCancellationRequested)
            {
                using var response = await _client.GetAsync(ambassador.Url(1), CancellationToken.None);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                count++;
            }

            return count;
        })).ToList();

        for (var i = 0; i < 12; i++)
        {
            var (status, body) = await ambassador.ReloadAsync(Text(i % 2 == 0 ? _second.Port : _first.Port));
            Assert.True(status == HttpStatusCode.OK, body);
            var before = _first.Requests + _second.Requests;
            await Eventually.True(() => _first.Requests + _second.Requests > before + 20);
        }

        await stop.CancelAsync();
        Assert.True((await Task.WhenAll(requests)).Sum() >= 240);
        Assert.True(_first.Requests > 20 && _second.Requests > 20);
    }

    [Fact]
    public async Task TcpConnection_OutlivesAChangeOfItsUpstream()
    {
        using var one = new EchoServer("one");
        using var two = new EchoServer("two");
        string Text(EchoServer server) => $"services:\n  - name: db\n    listen: 127.0.0.1:$1\n    tcp: {{ upstreams: [ '127.0.0.1:{server.Port}' ] }}\n";
        await using var ambassador = await Ambassador.StartAsync(Text(one));
        using var old = new TcpClient("127.0.0.1", ambassador.Port(1));
        Assert.Equal("one!", await AskAsync(old));

        Assert.Equal(HttpStatusCode.OK, (await ambassador.ReloadAsync(Text(two))).Status);

        await Eventually.True(async () =>
        {
            using var late = new TcpClient("127.0.0.1", ambassador.Port(1));
            return await AskAsync(late) == "two!";
        });
        Assert.Equal("one!", await AskAsync(old));
    }

    [Fact]
    public async Task WrongFile_ChangesNothing()
    {
        await using var ambassador = await Ambassador.StartAsync($"services:\n{Http("kept", 1, _first.Port)}");

        var (status, body) = await ambassador.ReloadAsync($"services:\n{Http("kept", 1, _second.Port)}{Http("kept", 2, _second.Port)}");

        Assert.NotEqual(HttpStatusCode.OK, status);
        Assert.Contains("services[1].name", body, StringComparison.Ordinal);
        using var response = await _client.GetAsync(ambassador.Url(1));
        Assert.Equal(1, _first.Requests);
    }

    [Theory]
    [InlineData("http: { upstreams: [ 'http://127.0.0.1:1' ] }")]
    [InlineData("tcp: { upstreams: [ '127.0.0.1:1' ] }")]
    public async Task AddressThatIsTaken_ChangesNothing_AndIsHadOnceItIsFree(string other)
    {
        await using var ambassador = await Ambassador.StartAsync($"services:\n{Http("moved", 1, _first.Port)}");
        var wanted = $"services:\n{Http("moved", 2, _second.Port)}  - name: other\n    listen: 127.0.0.1:$3\n    {other}\n";
        foreach (var (number, name) in new[] { (2, "moved"), (3, "other") })
        {
            using var taken = new TcpListener(IPAddress.Loopback, ambassador.Port(number));
            taken.Start();

            var (status, body) = await ambassador.ReloadAsync(wanted);

            Assert.NotEqual(HttpStatusCode.OK, status);
            Assert.Contains($"service {name} cannot listen on 127.0.0.1:{ambassador.Port(number)}", body, StringComparison.Ordinal);
            Assert.Contains($"Host: 127.0.0.1:{_first.Port}", await _client.GetStringAsync(ambassador.Url(1)), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await ambassador.ReloadAsync(wanted)).Status);

        await Eventually.True(async () => (await _client.GetStringAsync(ambassador.Url(2))).Contains($"Host: 127.0.0.1:{_second.Port}", StringComparison.Ordinal));
        await Eventually.True(async () => await Assert.ThrowsAsync<HttpRequestException>(() => _client.GetAsync(ambassador.Url(1))) is not null);
        Assert.DoesNotContain("\"Fatal\"", ambassador.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_PassesFromTcpToHttp()
    {
        await using var ambassador = await Ambassador.StartAsync($"services:\n  - name: s\n    listen: 127.0.0.1:$1\n    tcp: {{ upstreams: [ '127.0.0.1:1' ] }}\n");

        await ambassador.ReloadAsync($"services:\n{Http("s", 1, _first.Port)}");

        await Eventually.True(async () => (await _client.GetAsync(ambassador.Url(1))).IsSuccessStatusCode);
    }

    private static string Http(string name, int listener, int port) =>
        $"  - name: {name}\n    listen: 127.0.0.1:${listener}\n    http: {{ upstreams: [ 'http://127.0.0.1:{port}' ] }}\n";

    private static async Task<string> AskAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync("!"u8.ToArray());
        var answer = new byte[4];
        await client.GetStream().ReadExactlyAsync(answer);
        return Encoding.ASCII.GetString(answer);
    }
}
