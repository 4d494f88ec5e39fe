using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sidecars.Adapter.Pushing;

/// <summary>Reads lines from connections. There are at most so many at a time, and a line that is too long ends its connection.</summary>
internal sealed class LineListener : IAsyncDisposable
{
    private const int LongestLine = 16 * 1024;

    private readonly Socket _listener;
    private readonly SampleReader _reader;
    private readonly SemaphoreSlim _free;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    public LineListener(EndPoint address, SampleReader reader, int connections)
    {
        _reader = reader;
        _free = new SemaphoreSlim(connections);
        _listener = new Socket(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (address is IPEndPoint { Address: var ip } && ip.Equals(IPAddress.IPv6Any))
        {
            _listener.DualMode = true;
        }

        try
        {
            _listener.Bind(address);
            _listener.Listen();
        }
        catch (SocketException)
        {
            _listener.Dispose();
            throw;
        }

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

    private async ValueTask ReadAsync(Socket connection, ReadOnlyMemory<byte> lines)
    {
        if (!_reader.Answers)
        {
            _reader.Read(lines.Span);
            return;
        }

        var answers = new StringBuilder();
        foreach (var line in lines.Span.Split((byte)'\n'))
        {
            answers.Append(_reader.Answer(lines.Span[line]));
        }

        await connection.SendAsync(Encoding.ASCII.GetBytes(answers.ToString()), SocketFlags.None, _stop.Token);
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
            await ReadAsync(connection, buffer.AsMemory(0, whole));
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
