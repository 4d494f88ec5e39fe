using Sidecars.Ambassador.Tests.Http;
using Sidecars.Ambassador.Tests.Tcp;

namespace Sidecars.Ambassador.Tests.Drain;

public sealed class TrafficDrainTests : IAsyncLifetime
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly EchoServer _echo = new("e");
    private Origin _origin = null!;
    private Ambassador _ambassador = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await Origin.StartAsync();
        _ambassador = await Ambassador.StartAsync(Text("20s"));
    }

    public async ValueTask DisposeAsync()
    {
        await _ambassador.DisposeAsync();
        await _origin.DisposeAsync();
        _echo.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Sigterm_WithNothingUnderWay_EndsSoon()
    {
        Assert.Equal(0, await _ambassador.Process.TerminateAsync());
        Assert.Contains("serve until idle: idle", _ambassador.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_WithTrafficUnderWay_ServesAndAcceptsUntilItIsOver()
    {
        var held = _client.GetStringAsync(_ambassador.Url(1, "/hold"));
        await _origin.WaitArrivedAsync();
        using var database = await ConnectAsync();

        _ambassador.Process.Signal(UnixSignal.Terminate);
        await Eventually.True(async () => (await _ambassador.Process.GetAsync("readyz")).Status == HttpStatusCode.ServiceUnavailable);

        // new requests and new connections while it drains, as an application that ends well needs them
        for (var i = 0; i < 20; i++)
        {
            Assert.StartsWith("GET /late", await _client.GetStringAsync(_ambassador.Url(1, "/late")), StringComparison.Ordinal);
            using var late = await ConnectAsync();
        }

        _origin.Release();
        Assert.Equal("held", await held);
        database.Dispose();
        Assert.Equal(0, await _ambassador.Process.WaitForExitAsync());
        // not how many: the pod is unready a moment before the drain begins to count
        Assert.Contains("more were served while draining", _ambassador.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quitquitquit_ServesTheTrafficToItsEnd_AndEndsTheProcess()
    {
        var held = _client.GetStringAsync(_ambassador.Url(1, "/hold"));
        await _origin.WaitArrivedAsync();

        Assert.Equal((HttpStatusCode.OK, "draining\n"), await _ambassador.Process.PostAsync("quitquitquit"));
        using (var late = await ConnectAsync())
        {
            Assert.StartsWith("GET /late", await _client.GetStringAsync(_ambassador.Url(1, "/late")), StringComparison.Ordinal);
        }

        _origin.Release();
        Assert.Equal("held", await held);
        Assert.Equal(0, await _ambassador.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task Sigterm_WithTrafficThatDoesNotEnd_CutsItAtTheDeadline()
    {
        Assert.Equal(HttpStatusCode.OK, (await _ambassador.ReloadAsync(Text("1s"))).Status);
        var held = _client.GetStringAsync(_ambassador.Url(1, "/hold"));
        await _origin.WaitArrivedAsync();
        using var database = await ConnectAsync();

        Assert.Equal(0, await _ambassador.Process.TerminateAsync());

        Assert.Contains("deadline reached: 2 requests and connections cut", _ambassador.Process.Output, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => held);
    }

    private string Text(string timeout) => $$"""
        shutdown: { timeout: {{timeout}} }
        services:
          - name: api
            listen: 127.0.0.1:$1
            http: { upstreams: [ "http://127.0.0.1:{{_origin.Port}}" ] }
          - name: db
            listen: 127.0.0.1:$2
            tcp: { upstreams: [ "127.0.0.1:{{_echo.Port}}" ] }
        """;

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient("127.0.0.1", _ambassador.Port(2));
        await client.GetStream().WriteAsync("!"u8.ToArray());
        await client.GetStream().ReadExactlyAsync(new byte[2]);
        return client;
    }
}
