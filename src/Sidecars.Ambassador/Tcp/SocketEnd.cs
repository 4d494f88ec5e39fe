using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Sidecars.Ambassador.Tcp;

/// <summary>A plain socket. Its reads and writes use what the socket keeps for them and allocate nothing.</summary>
internal sealed class SocketEnd(Socket socket) : IRelayEnd
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None);

    /// <summary>As a rule the socket takes all of it at once, and there is nothing to wait for.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sending = socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None);
        return sending.IsCompletedSuccessfully ? SendRestAsync(bytes[sending.Result..]) : SendSlowlyAsync(sending, bytes);
    }

    public ValueTask EndAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    public void Abort() => socket.Close(0);

    public void Dispose() => socket.Dispose();

    private ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? ValueTask.CompletedTask : SendAsync(bytes);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendSlowlyAsync(ValueTask<int> sending, ReadOnlyMemory<byte> bytes) => await SendRestAsync(bytes[await sending..]);
}
