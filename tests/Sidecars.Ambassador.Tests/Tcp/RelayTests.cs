using System.Security.Cryptography;
using Prometheus;
using Sidecars.Ambassador.Tcp;

namespace Sidecars.Ambassador.Tests.Tcp;

public sealed class RelayTests : IAsyncLifetime
{
    private readonly Counter _sent;
    private readonly Counter _received;
    private Socket _application = null!;
    private Socket _server = null!;
    private Relay _relay = null!;
    private Task _running = Task.CompletedTask;

    public RelayTests()
    {
        var metrics = Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry());
        _sent = metrics.CreateCounter("sent", "");
        _received = metrics.CreateCounter("received", "");
    }

    public async ValueTask InitializeAsync()
    {
        (_application, var client) = await PairAsync();
        (var upstream, _server) = await PairAsync();
        _relay = new Relay(new SocketEnd(client), new SocketEnd(upstream), _sent, _received);
        _running = _relay.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _relay.Abort();
        await _running.WaitAsync(TimeSpan.FromSeconds(10));
        _application.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Bytes_GoBothWaysAtOnce_AndAreCounted()
    {
        var bytes = new byte[40_000_000];
        new Random(1).NextBytes(bytes);
        var writing = Task.WhenAll(SendAsync(_application, bytes), SendAsync(_server, bytes));

        var hashes = await Task.WhenAll(HashAsync(_application), HashAsync(_server));
        await writing;

        var expected = Convert.ToHexString(SHA256.HashData(bytes));
        Assert.Equal([expected, expected], hashes);
        Assert.Equal((bytes.Length, bytes.Length), (_sent.Value, _received.Value));
        await _running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task EndOfOneDirection_LeavesTheOtherOpen()
    {
        await SendAsync(_application, "question"u8.ToArray());
        Assert.Equal(Convert.ToHexString(SHA256.HashData("question"u8)), await HashAsync(_server));

        // the application has said all; the answer still comes
        await SendAsync(_server, "answer"u8.ToArray());
        Assert.Equal(Convert.ToHexString(SHA256.HashData("answer"u8)), await HashAsync(_application));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ResetOnOneSide_ResetsTheOther(bool applicationResets)
    {
        var (resetting, other) = applicationResets ? (_application, _server) : (_server, _application);
        resetting.Close(0);

        var error = await Assert.ThrowsAsync<SocketException>(() => other.ReceiveAsync(new byte[1], SocketFlags.None));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await _running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task ReceiverThatDoesNotRead_HoldsTheSenderBack()
    {
        var chunk = new byte[1 << 20];
        var total = 0L;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 64; i++)
            {
                total += await _application.SendAsync(chunk, SocketFlags.None);
            }

            _application.Shutdown(SocketShutdown.Send);
        });

        // sockets' buffers fill and the relay stops reading: 64 MiB do not fit anywhere
        await Eventually.Value(() => Task.FromResult(_relay.Reads), Unchanged());
        Assert.False(sending.IsCompleted);
        Assert.True(total < 60_000_000);

        await HashAsync(_server);
        await sending;
        Assert.Equal(64L << 20, total);
    }

    [Fact]
    public async Task Abort_EndsBothSides()
    {
        _relay.Abort();

        await Assert.ThrowsAsync<SocketException>(() => _application.ReceiveAsync(new byte[1], SocketFlags.None));
        await Assert.ThrowsAsync<SocketException>(() => _server.ReceiveAsync(new byte[1], SocketFlags.None));
        await _running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Holds when a value was seen so often that it stands still.</summary>
    private static Func<long, bool> Unchanged()
    {
        var (last, times) = (-1L, 0);
        return value =>
        {
            times = value == last ? times + 1 : 0;
            last = value;
            return times > 12 && value > 0;
        };
    }

    private static async Task<(Socket Client, Socket Server)> PairAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptAsync();
        await client.ConnectAsync(listener.LocalEndPoint!);
        return (client, await accepting);
    }

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            at += await socket.SendAsync(bytes.AsMemory(at, Math.Min(100_000, bytes.Length - at)), SocketFlags.None);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<string> HashAsync(Socket socket)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[50_000];
        while (await socket.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
