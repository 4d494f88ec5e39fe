using System.Net.Security;
using System.Net.Sockets;

namespace Sidecars.Ambassador.Tcp;

/// <summary>TLS on a socket. The end of what is sent is told in TLS and in TCP: a server may wait for either.</summary>
internal sealed class TlsEnd(SslStream stream, Socket socket) : IRelayEnd
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => stream.ReadAsync(buffer);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes);

    public async ValueTask EndAsync()
    {
        await stream.ShutdownAsync();
        socket.Shutdown(SocketShutdown.Send);
    }

    public void Abort() => socket.Close(0);

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }
}
