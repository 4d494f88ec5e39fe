using System.Diagnostics;
using System.Globalization;

namespace Sidecars.Ambassador.Tests.Faults;

/// <summary>
/// The application ends after its sidecars are told to, and until then it may want its databases: connections that are made
/// after SIGTERM are served as those before.
/// </summary>
public sealed class LateConnectionsTests
{
    [Fact]
    public async Task ConnectionsToADatabase_AfterSigterm_AreAllServed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var ambassador = await Ambassador.StartAsync($$"""
            shutdown: { timeout: 300s }
            services:
              - name: cache
                listen: 127.0.0.1:$1
                tcp: { protocol: redis, upstreams: [ '127.0.0.1:{{redis.Port}}' ], health: {} }
            """);
        using var held = await ConnectAsync(ambassador);
        ambassador.Process.Signal(UnixSignal.Terminate);
        await Eventually.True(async () => (await ambassador.Process.GetAsync("readyz")).Status == HttpStatusCode.ServiceUnavailable);
        var since = Stopwatch.StartNew();

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < FaultSettings.LateConnections; i++)
        {
            using var late = await ConnectAsync(ambassador);
            await pace.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"connections for {since.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s after SIGTERM");
        Assert.False(ambassador.Process.HasExited);
        held.Dispose();
        Assert.Equal(0, await ambassador.Process.WaitForExitAsync());
    }

    /// <summary>A connection that has asked and been answered.</summary>
    private static async Task<TcpClient> ConnectAsync(Ambassador ambassador)
    {
        var client = new TcpClient("127.0.0.1", ambassador.Port(1));
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
        var answer = new byte[7];
        await client.GetStream().ReadExactlyAsync(answer);
        Assert.Equal("+PONG\r\n", Encoding.ASCII.GetString(answer));
        return client;
    }
}
