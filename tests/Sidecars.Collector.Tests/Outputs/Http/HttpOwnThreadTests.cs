using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Outputs.Http;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs.Http;

/// <summary>As a lane has it: on a thread of its own the output may wait in the kernel, and must still be got out of there.</summary>
public sealed class HttpOwnThreadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task WriteAsync_OneBatchAfterTheOther_ArriveOnOneConnectionWithoutLeavingTheThread()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        receiver.Answer = _ => new(204);
        using var output = Create(receiver.Url);
        var large = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"line {i}\n"));
        string[] batches = ["one\n", large, "three\n"];
        var results = await OnOwnThread(() => batches.Select(batch => output.WriteAsync(Batches.Of(batch), default)).Select(writing => writing.IsCompletedSuccessfully && writing.Result.IsAcknowledged).ToList());
        Assert.Equal([true, true, true], results);
        Assert.Equal(batches, receiver.Requests.Select(request => request.Text));
        Assert.Single(receiver.Requests.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task WriteAsync_ConnectionWasQuietForLong_TakesAnother()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var time = new FakeTimeProvider();
        using var output = Create(receiver.Url, time);
        foreach (var quiet in (int[])[0, 59, 61])
        {
            time.Advance(TimeSpan.FromSeconds(quiet));
            Assert.True(await OnOwnThread(() => Write(output).IsAcknowledged));
        }

        var connections = receiver.Requests.Select(request => request.Connection).ToArray();
        Assert.Equal(connections[0], connections[1]);
        Assert.NotEqual(connections[1], connections[2]);
    }

    [Fact]
    public async Task WriteAsync_NobodyListens_IsAFailureToConnect()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var output = Create(new Uri($"http://localhost:{((IPEndPoint)taken.LocalEndPoint!).Port}/"));
        Assert.Equal("connect", await OnOwnThread(() => Write(output).Failure));
    }

    [Fact]
    public async Task WriteAsync_ReceiverResets_IsTriedAgain()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        receiver.Answer = _ => null;
        using var output = Create(receiver.Url);
        Assert.Equal("reset", await OnOwnThread(() => Write(output).Failure));
        receiver.Answer = _ => new(204);
        Assert.True(await OnOwnThread(() => Write(output).IsAcknowledged));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")]
    public async Task WriteAsync_NoAnswerInTime_IsATimeout(string answer)
    {
        await using var receiver = new StuckReceiver(answer);
        var time = new FakeTimeProvider();
        using var output = Create(receiver.Url, time);
        var writing = OnOwnThread(() => Write(output).Failure);
        await receiver.Answered.WaitAsync(Deadline);
        await Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            return writing.IsCompleted;
        });
        Assert.Equal("timeout", await writing);
    }

    [Fact]
    public async Task WriteAsync_ProcessEnds_LeavesTheKernel()
    {
        await using var receiver = new StuckReceiver("");
        using var output = Create(receiver.Url);
        using var abort = new CancellationTokenSource();
        var writing = OnOwnThread(() => Write(output, abort.Token).Failure);
        await receiver.Answered.WaitAsync(Deadline);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing).WaitAsync(Deadline);
    }

    private static Delivery Write(Output output, CancellationToken abort = default) =>
        output.WriteAsync(Batches.Of("1\n"), abort).AsTask().GetAwaiter().GetResult();

    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Deadline);

    private static Output Create(Uri url, TimeProvider? time = null) =>
        HttpOutput.Create("http", new HttpOutputOptions { Url = url.ToString(), Encoding = HttpEncoding.Raw }, TestOutputs.Context(time)).Output;

    /// <summary>Takes one request, says what it has to say, and nothing more.</summary>
    private sealed class StuckReceiver : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private Socket? _socket;

        public StuckReceiver(string answer)
        {
            _listener.Start();
            Answered = AnswerAsync(answer);
        }

        public Uri Url => new($"http://{_listener.LocalEndpoint}/");

        public Task Answered { get; }

        public async ValueTask DisposeAsync()
        {
            await Answered.WaitAsync(Deadline);
            _socket?.Dispose();
            _listener.Dispose();
        }

        private async Task AnswerAsync(string answer)
        {
            _socket = await _listener.AcceptSocketAsync();
            await _socket.ReceiveAsync(new byte[4096]);
            await _socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer));
        }
    }
}
