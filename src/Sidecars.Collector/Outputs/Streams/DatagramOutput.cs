using System.Net.Sockets;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Outputs.Streams;

/// <summary>
/// Messages one by one over UDP or a Unix datagram socket; the batch has them with their lengths (<see cref="OctetCounting"/>).
/// A datagram counts as delivered when the system took it, which over UDP says nothing. What the system refuses as too long is cut in
/// half until it fits. A retry goes on with the message that failed.
/// </summary>
internal sealed class DatagramOutput(string name, StreamTarget target, Action truncated) : Output(name)
{
    private Socket? _socket;
    private int _sent;

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        var isConnected = false;
        try
        {
            _socket ??= await ConnectAsync(cancellationToken).ConfigureAwait(false);
            isConnected = true;
            await SendAllAsync(_socket, batch.Payload, cancellationToken).ConfigureAwait(false);
            _sent = 0;
            return Delivery.Acknowledged;
        }
        catch (Exception exception) when (StreamFailure.Is(exception))
        {
            Dispose();
            return StreamFailure.Of(exception, target.Address, isConnected);
        }
    }

    public override void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        for (var index = 0; OctetCounting.TryRead(payload, out var message, out var consumed); index++)
        {
            if (index >= _sent)
            {
                await SendAsync(socket, message, cancellationToken).ConfigureAwait(false);
                _sent++;
            }

            payload = payload[consumed..];
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = target.Address.Transport == Transport.UnixDatagram
            ? new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)
            : new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(target.Address.EndPoint, cancellationToken).AsTask()
                .WaitAsync(target.Timeout, target.Time, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A Unix datagram socket waits for a reader that is slow; the timeout is for one that is stuck.</summary>
    private async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(target.Timeout, target.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            for (var isCut = false; !await TrySendAsync(socket, message, either.Token).ConfigureAwait(false); isCut = true)
            {
                if (!isCut)
                {
                    truncated();
                }

                message = message[..(message.Length / 2)];
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{target.Address} took nothing for {target.Timeout.TotalSeconds:0.#} s", exception);
        }
    }

    private static async ValueTask<bool> TrySendAsync(Socket socket, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize && message.Length > 1)
        {
            return false;
        }
    }
}
