using System.Text;
using MessagePack;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Forward;
using Sidecars.Collector.Outputs.Streams;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs.Forward;

/// <summary>Against a receiver that decodes and reckons on its own.</summary>
public sealed class ForwardOutputTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly byte[] Nonce = [1, 2, 0xFF];
    private static readonly byte[] Salt = [9, 8];

    private readonly TestRecords _records = new();
    private readonly ForwardReceiver _receiver = new();

    public void Dispose()
    {
        _receiver.Dispose();
        _records.Dispose();
    }

    [Theory]
    [InlineData(ForwardCompression.None)]
    [InlineData(ForwardCompression.Gzip)]
    internal async Task WriteAsync_Acknowledged_IsDelivered(ForwardCompression compression)
    {
        using var output = Create(new ForwardOutputOptions { Tag = "app", Compress = compression });
        var writing = output.WriteAsync(Batch("1", "2"), default).AsTask();
        using var connection = await _receiver.AcceptAsync();
        var message = await connection.ReceiveAsync();
        Assert.Equal("app", message!.Tag);
        Assert.Equal(["1", "2"], message.Entries.Select(entry => entry.Record["line"]));
        Assert.Equal(((DateTimeOffset)TestRecords.Time).ToUnixTimeSeconds(), message.Entries[0].Seconds);
        Assert.False(writing.IsCompleted);
        await connection.AcknowledgeAsync(message.Chunk);
        Assert.True((await writing).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_WithoutAck_AsksForNone()
    {
        using var output = Create(new ForwardOutputOptions { Ack = false });
        var writing = output.WriteAsync(Batch("1"), default).AsTask();
        using var connection = await _receiver.AcceptAsync();
        Assert.Null((await connection.ReceiveAsync())!.Chunk);
        Assert.True((await writing).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_OtherAcknowledgements_AreNone()
    {
        using var output = Create(new ForwardOutputOptions());
        var writing = output.WriteAsync(Batch("1"), default).AsTask();
        using var connection = await _receiver.AcceptAsync();
        var message = await connection.ReceiveAsync();
        await connection.AcknowledgeAsync("another");
        await connection.SendAsync((ref MessagePackWriter writer) => writer.Write("word"));
        Assert.False(writing.IsCompleted);
        await connection.AcknowledgeAsync(message!.Chunk);
        Assert.True((await writing).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_NoAcknowledgementInTime_GoesAgainUnderTheSameIdOverANewConnection()
    {
        var time = new FakeTimeProvider();
        using var output = Create(new ForwardOutputOptions(), time);
        var batch = Batch("1");
        var writing = output.WriteAsync(batch, default).AsTask();
        using var first = await _receiver.AcceptAsync();
        var lost = await first.ReceiveAsync();
        await Eventually.True(
            () =>
            {
                time.Advance(Deadline);
                return writing.IsCompleted;
            },
            Deadline);
        Assert.Equal("timeout", (await writing).Failure);
        Assert.Null(await first.ReceiveAsync());
        var again = output.WriteAsync(batch, default).AsTask();
        using var second = await _receiver.AcceptAsync();
        var repeated = await second.ReceiveAsync();
        Assert.Equal(lost!.Chunk, repeated!.Chunk);
        await second.AcknowledgeAsync(repeated.Chunk);
        Assert.True((await again).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_ConnectionEndsBeforeTheAcknowledgement_IsNotDelivered()
    {
        using var output = Create(new ForwardOutputOptions());
        var writing = output.WriteAsync(Batch("1"), default).AsTask();
        using (var connection = await _receiver.AcceptAsync())
        {
            await connection.ReceiveAsync();
        }

        Assert.Equal("closed", (await writing).Failure);
    }

    [Fact]
    public async Task WriteAsync_AnswerThatIsNotMessagePack_IsNotDelivered()
    {
        using var output = Create(new ForwardOutputOptions());
        var writing = output.WriteAsync(Batch("1"), default).AsTask();
        using var connection = await _receiver.AcceptAsync();
        await connection.SendAsync((ref MessagePackWriter writer) => writer.WriteRaw([0xC1]));
        Assert.Equal("closed", (await writing).Failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("user")]
    public async Task WriteAsync_Handshake_ProvesTheKeyOnBothSides(string user)
    {
        using var output = Create(new ForwardOutputOptions
        {
            SharedKey = new Secret("key"),
            Hostname = "pod-1",
            Username = user.Length > 0 ? user : null,
            Password = user.Length > 0 ? new Secret("password") : null,
        });
        var writing = output.WriteAsync(Batch("1"), default).AsTask();
        using var connection = await _receiver.AcceptAsync();
        await connection.HeloAsync(Nonce, user.Length > 0 ? Salt : []);
        var ping = await connection.PingAsync();
        Assert.Equal("pod-1", ping[0]);
        Assert.Equal(ForwardReceiver.Sha512(Utf8(ping[1]), Utf8("pod-1"), Nonce, Utf8("key")), ping[2]);
        Assert.Equal(user, ping[3]);
        Assert.Equal(user.Length > 0 ? ForwardReceiver.Sha512(Salt, Utf8(user), Utf8("password")) : "", ping[4]);
        await connection.PongAsync(true, "", "server", ForwardReceiver.Sha512(Utf8(ping[1]), Utf8("server"), Nonce, Utf8("key")));
        var message = await connection.ReceiveAsync();
        await connection.AcknowledgeAsync(message!.Chunk);
        Assert.True((await writing).IsAcknowledged);
    }

    [Theory]
    [InlineData(false, "shared_key mismatch")]
    [InlineData(true, "does not know the shared_key")]
    public async Task WriteAsync_HandshakeThatFails_SendsNothing(bool isAccepted, string reason)
    {
        using var output = Create(new ForwardOutputOptions { SharedKey = new Secret("key") });
        var writing = output.WriteAsync(Batch("1"), default).AsTask();
        using var connection = await _receiver.AcceptAsync();
        await connection.HeloAsync(Nonce, []);
        await connection.PingAsync();
        await connection.PongAsync(isAccepted, "shared_key mismatch", "server", "0000");
        var delivery = await writing;
        Assert.Equal("auth", delivery.Failure);
        Assert.Contains(reason, delivery.Detail, StringComparison.Ordinal);
        Assert.Null(await connection.ReceiveAsync());
    }

    [Fact]
    public async Task WriteAsync_ReceiverWantsAHandshakeAndThereIsNoKey_SaysSo()
    {
        using var output = Create(new ForwardOutputOptions());
        var writing = output.WriteAsync(Batch("1"), default).AsTask();
        using var connection = await _receiver.AcceptAsync();
        await connection.HeloAsync(Nonce, []);
        var delivery = await writing;
        Assert.Equal("auth", delivery.Failure);
        Assert.Contains("shared_key", delivery.Detail, StringComparison.Ordinal);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private Batch Batch(params string[] lines) => Batches.Of(new ForwardFormat(), [.. lines.Select(line => _records.Create(line))]);

    private ForwardOutput Create(ForwardOutputOptions options, TimeProvider? time = null)
    {
        Assert.True(ReceiverAddress.TryParse(_receiver.Address, out var address));
        return new ForwardOutput("forward", options, new StreamTarget(address!, Deadline, time ?? TimeProvider.System));
    }
}
