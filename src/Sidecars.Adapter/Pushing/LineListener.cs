using System.Net;
using System.Net.Sockets;

namespace Sidecars.Adapter.Pushing;

/// <summary>Reads lines from TCP connections. There are at most so many at a time, and a line that is too long ends its connection.</summary>
internal sealed class LineListener : IAsyncDisposable
{
    private const int LongestLine = 16 * 1024;

    private readonly Socket _listener;
    private readonly SampleReader _reader;
    private readonly SemaphoreSlim _free;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    public LineListener(IPEndPoint address, SampleReader reader, int connections)
    {
        _reader = reader;
        _free = new SemaphoreSlim(connections);
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.Address.Equals(IPAddress.IPv6Any))
        {
            _listener.DualMode = true;
        }

        _listener.Bind(address);
        _listener.Listen();
        _accepting = Task.Run(AcceptAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _free.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await _listener.AcceptAsync(_stop.Token);
                _connections.RemoveAll(task => task.IsCompleted);
                if (await _free.WaitAsync(0))
                {
                    _connections.Add(Task.Run(() => ServeAsync(connection)));
                }
                else
                {
                    _reader.DropLine();
                    connection.Dispose();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException)
            {
                // a connection that was gone before it was taken
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            await ReadAsync(connection);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // the other side has gone, or we are to end; what it sent whole is counted
        }
        finally
        {
            connection.Dispose();
            _free.Release();
        }
    }

    private async Task ReadAsync(Socket connection)
    {
        var buffer = new byte[LongestLine];
        var length = 0;
        while (true)
        {
            var read = await connection.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, _stop.Token);
            length += read;
            var whole = read == 0 ? length : buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            _reader.Read(buffer.AsSpan(0, whole));
            buffer.AsSpan(whole, length - whole).CopyTo(buffer);
            length -= whole;
            if (read == 0)
            {
                return;
            }

            if (length == buffer.Length)
            {
                _reader.DropLine();
                return;
            }
        }
    }
}
