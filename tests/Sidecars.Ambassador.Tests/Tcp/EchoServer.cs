namespace Sidecars.Ambassador.Tests.Tcp;

/// <summary>Answers whatever it reads with its own name and what it read.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly byte[] _name;
    private int _connections;

    public EchoServer(string name, int port = 0)
    {
        _name = Encoding.ASCII.GetBytes(name);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start(1024);
        _ = _listener.AcceptAsync(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that ever came.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _connections);
        using (socket)
        {
            var buffer = new byte[1024];
            try
            {
                while (await socket.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var read)
                {
                    await socket.SendAsync((byte[])[.. _name, .. buffer[..read]], SocketFlags.None);
                }
            }
            catch (SocketException)
            {
                // reset
            }
        }
    }
}
