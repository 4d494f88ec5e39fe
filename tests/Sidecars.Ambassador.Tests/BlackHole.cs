namespace Sidecars.Ambassador.Tests;

/// <summary>An address on loopback that swallows the attempt to connect: its queue of connections is full and nobody accepts.</summary>
internal sealed class BlackHole : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queue = [];

    public BlackHole()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            // the first ones fill the queue, the others wait with whoever comes later
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _queue.Add(socket);
            _ = socket.ConnectAsync(_listener.LocalEndPoint!).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        _queue.ForEach(s => s.Dispose());
        _listener.Dispose();
    }
}
