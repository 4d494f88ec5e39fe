using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Streams;
using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Outputs.Forward;

/// <summary>
/// One chunk at a time over the Forward protocol. With <c>ack</c> a batch is delivered when the receiver names its chunk; any other
/// answer is none, and when the time is over the connection is given up and the same chunk goes over a new one, under the same id.
/// </summary>
internal sealed class ForwardOutput(string name, ForwardOutputOptions options, StreamTarget target) : Output(name)
{
    private readonly ForwardMessage _message = new(options);
    private readonly ForwardHandshake _handshake = new(options);
    private StreamConnection? _connection;
    private ForwardReplies? _replies;

    /// <summary>Whether the next batch goes over the connection that there is.</summary>
    public bool IsConnected => _connection?.IsUsable == true;

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        var isConnected = false;
        try
        {
            if (!IsConnected)
            {
                await ReconnectAsync(cancellationToken).ConfigureAwait(false);
            }

            isConnected = true;
            var delivery = await SendAsync(_connection!, batch, cancellationToken).ConfigureAwait(false);
            if (!delivery.IsAcknowledged)
            {
                Close();
            }

            return delivery;
        }
        catch (Exception exception) when (StreamFailure.Is(exception))
        {
            Close();
            return StreamFailure.Of(exception, target.Address, isConnected);
        }
        catch
        {
            // a message may be half out
            Close();
            throw;
        }
    }

    public override void Flush()
    {
        _connection?.Finish();
        Close();
    }

    public override void Dispose()
    {
        Close();
        _message.Dispose();
    }

    private async ValueTask ReconnectAsync(CancellationToken cancellationToken)
    {
        Close();
        _connection = await StreamConnection.OpenAsync(target, cancellationToken).ConfigureAwait(false);
        _replies = new ForwardReplies(_connection.Stream);
        if (options.SharedKey is not null)
        {
            await WithinAsync(token => _handshake.ShakeAsync(_connection.Stream, _replies, token), "the handshake was not over", cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<Delivery> SendAsync(StreamConnection connection, Batch batch, CancellationToken cancellationToken)
    {
        var chunk = ForwardMessage.ChunkOf(batch);
        var (head, entries, option) = _message.Write(batch, chunk);
        await connection.WriteAsync(head, cancellationToken).ConfigureAwait(false);
        await connection.WriteAsync(entries, cancellationToken).ConfigureAwait(false);
        await connection.WriteAsync(option, cancellationToken).ConfigureAwait(false);
        if (options.Ack)
        {
            return await AwaitAckAsync(chunk, cancellationToken).ConfigureAwait(false);
        }

        await connection.WaitTakenAsync(cancellationToken).ConfigureAwait(false);
        return Delivery.Acknowledged;
    }

    private async ValueTask<Delivery> AwaitAckAsync(string chunk, CancellationToken cancellationToken)
    {
        var delivery = Delivery.Acknowledged;
        await WithinAsync(
            async token =>
            {
                ReadOnlyMemory<byte> reply;
                do
                {
                    reply = await _replies!.NextAsync(token).ConfigureAwait(false);
                    if (ForwardReply.Kind(reply) == "HELO")
                    {
                        delivery = Delivery.Failed("auth", $"{target.Address} wants a handshake; set 'shared_key'");
                        return;
                    }
                }
                while (ForwardReply.Ack(reply) != chunk);
            },
            "the chunk was not acknowledged",
            cancellationToken).ConfigureAwait(false);
        return delivery;
    }

    private async Task WithinAsync(Func<CancellationToken, Task> step, string trouble, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(target.Timeout, target.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await step(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{target.Address}: {trouble} within {target.Timeout.TotalSeconds:0.#} s", exception);
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
