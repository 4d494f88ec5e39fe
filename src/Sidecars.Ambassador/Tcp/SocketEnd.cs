using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Sidecars.Ambassador.Tcp;

/// <summary>A plain socket. Its reads and writes use what the socket keeps for them and allocate nothing.</summary>
internal sealed class SocketEnd(Socket socket) : IRelayEnd
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None)..];
        }
    }

    public ValueTask EndAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    public void Abort() => socket.Close(0);

    public void Dispose() => socket.Dispose();
}
