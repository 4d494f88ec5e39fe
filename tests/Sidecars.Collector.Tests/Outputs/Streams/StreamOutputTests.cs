using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Streams;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs.Streams;

/// <summary>Receivers that misbehave.</summary>
public sealed class StreamOutputTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public StreamOutputTests() => _listener.Start();

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task WriteAsync_NobodyListens_IsNotAcknowledged()
    {
        using var output = new StreamOutput("tcp", Target($"127.0.0.1:{FreePort.Next()}"));
        Assert.Equal("connect", (await output.WriteAsync(Batches.Of("1\n"), default)).Failure);
    }

    [Fact]
    public async Task WriteAsync_PeerClosedBeforeTheBatch_GoesToANewConnectionWithoutLosingIt()
    {
        using var output = new StreamOutput("tcp", Target(Address));
        using (var first = await AcceptWhileAsync(output, "1\n"))
        {
            Assert.Equal("1\n", await ReadAsync(first, 2));
        }

        await Eventually.True(() => !output.IsConnected, Deadline);
        using var second = await AcceptWhileAsync(output, "2\n");
        Assert.Equal("2\n", await ReadAsync(second, 2));
    }

    [Fact]
    public async Task WriteAsync_PeerThatTakesNothing_FailsAfterTheTimeoutAndSendsAllAgain()
    {
        var time = new FakeTimeProvider();
        using var output = new StreamOutput("tcp", Target(Address) with { Time = time });
        var big = Batches.Of(string.Concat(Enumerable.Range(0, 2_000_000).Select(n => $"{n:0000000}\n")));
        var writing = output.WriteAsync(big, default).AsTask();
        using (await _listener.AcceptSocketAsync())
        {
            await Eventually.True(
                () =>
                {
                    time.Advance(Deadline);
                    return writing.IsCompleted;
                },
                Deadline);
            Assert.Equal("timeout", (await writing).Failure);
        }

        var again = output.WriteAsync(Batches.Of("2\n"), default).AsTask();
        using var second = await _listener.AcceptSocketAsync();
        Assert.Equal("2\n", await ReadAsync(second, 2));
        Assert.True((await again).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_PeerResetsInTheMiddle_IsNotAcknowledged()
    {
        using var output = new StreamOutput("tcp", Target(Address));
        var big = Batches.Of(new string('x', 64_000_000) + "\n");
        var writing = output.WriteAsync(big, default).AsTask();
        var peer = await _listener.AcceptSocketAsync();
        await ReadAsync(peer, 1000);
        peer.Close(0);
        Assert.Equal("closed", (await writing).Failure);
    }

    [Fact]
    public async Task WriteAsync_UnixSocket_IsAcknowledgedOnlyOnceTheReceiverReadIt()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_folder["s"]));
        listener.Listen();
        using var output = new StreamOutput("unix", Target("unix:" + _folder["s"]));
        var writing = output.WriteAsync(Batches.Of("1\n"), default).AsTask();
        using var peer = await listener.AcceptAsync();
        await Eventually.True(() => peer.Available == 2, Deadline);
        Assert.False(writing.IsCompleted);
        Assert.Equal("1\n", await ReadAsync(peer, 2));
        Assert.True((await writing).IsAcknowledged);
    }

    [Fact]
    public async Task Flush_TellsThePeerThatNothingMoreComes()
    {
        using var output = new StreamOutput("tcp", Target(Address));
        using var peer = await AcceptWhileAsync(output, "1\n");
        Assert.Equal("1\n", await ReadAsync(peer, 2));
        var finishing = Task.Run(output.Flush);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1]));
        peer.Close();
        await finishing;
    }

    [Fact]
    public async Task WriteAsync_UnixDatagramsOfAnyNumber_WaitForASlowReader()
    {
        using var reader = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        reader.Bind(new UnixDomainSocketEndPoint(_folder["d"]));
        using var output = new DatagramOutput("unix", Target("unixgram:" + _folder["d"]), () => { });
        const int count = 1000;
        var writing = output.WriteAsync(Batches.Of(string.Concat(Enumerable.Range(0, count).Select(n => $"4 {n:0000}"))), default).AsTask();
        var buffer = new byte[100];
        for (var n = 0; n < count; n++)
        {
            var length = await reader.ReceiveAsync(buffer);
            Assert.Equal($"{n:0000}", Encoding.UTF8.GetString(buffer, 0, length));
        }

        Assert.True((await writing).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_DatagramThatTheSystemRefuses_IsCutUntilItFits()
    {
        using var reader = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var truncated = 0;
        using var output = new DatagramOutput("udp", Target($"udp://{reader.Client.LocalEndPoint}"), () => truncated++);
        Assert.True((await output.WriteAsync(Batches.Of("100000 " + new string('x', 100_000) + "1 y"), default)).IsAcknowledged);
        Assert.Equal(50_000, (await reader.ReceiveAsync()).Buffer.Length);
        Assert.Equal("y", Encoding.UTF8.GetString((await reader.ReceiveAsync()).Buffer));
        Assert.Equal(1, truncated);
    }

    private string Address => _listener.LocalEndpoint.ToString()!;

    private static StreamTarget Target(string address)
    {
        Assert.True(ReceiverAddress.TryParse(address, out var parsed));
        return new StreamTarget(parsed!, Deadline, TimeProvider.System);
    }

    private static async Task<string> ReadAsync(Socket socket, int count)
    {
        var buffer = new byte[count];
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(buffer);
        return Encoding.UTF8.GetString(buffer);
    }

    private async Task<Socket> AcceptWhileAsync(StreamOutput output, string text)
    {
        var accepting = _listener.AcceptSocketAsync();
        Assert.True((await output.WriteAsync(Batches.Of(text), default)).IsAcknowledged);
        return await accepting;
    }
}
