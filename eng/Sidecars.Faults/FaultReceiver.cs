using System.Net;
using System.Net.Sockets;

namespace Sidecars.Faults;

/// <summary>
/// A receiver of HTTP requests, on bare sockets, so that it can fail as machines and networks do. What it acknowledged is on record
/// before the answer is sent; what it reset, refused or did not answer is not. Its port stays its own while it refuses connections: a
/// socket that does not listen holds it.
/// </summary>
internal sealed class FaultReceiver : IAsyncDisposable
{
    private readonly Delivered _delivered;
    private readonly Random _random;
    private readonly Socket _holder = Bound(0);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _connections = [];
    private readonly List<Task> _serving = [];
    private Socket? _listener;
    private Func<Random, Mood> _mood = _ => Mood.Well;
    private int _unsure;
    private long _largest;

    public FaultReceiver(Delivered delivered, int seed)
    {
        (_delivered, _random) = (delivered, new Random(seed));
        Port = ((IPEndPoint)_holder.LocalEndPoint!).Port;
        Listen();
    }

    public int Port { get; }

    /// <summary>How long a late answer takes at most.</summary>
    public TimeSpan Latest { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many batches were taken of which the sender may not have learned it.</summary>
    public int Unsure => Volatile.Read(ref _unsure);

    /// <summary>The most bytes of lines that one acknowledged batch had.</summary>
    public long LargestBatch => Interlocked.Read(ref _largest);

    /// <summary>How requests are treated from now on.</summary>
    public void Behave(Func<Random, Mood> mood) => Volatile.Write(ref _mood, mood);

    /// <summary>Accepts connections, if it does not already.</summary>
    public void Listen()
    {
        lock (_gate)
        {
            if (_listener is null)
            {
                _listener = Bound(Port);
                _listener.Listen();
                _serving.Add(AcceptAsync(_listener));
            }
        }
    }

    /// <summary>Resets all connections and refuses new ones.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            _unsure += _connections.Count > 0 ? 1 : 0;
            _listener?.Dispose();
            _listener = null;
            foreach (var connection in _connections)
            {
                Reset(connection);
            }

            _connections.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        Refuse();
        Task[] serving;
        lock (_gate)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving).ConfigureAwait(false);
        _holder.Dispose();
        _end.Dispose();
    }

    private static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private static void Reset(Socket connection)
    {
        try
        {
            connection.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // the other side was first
        }

        connection.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync(_end.Token).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_listener != listener)
                    {
                        Reset(connection);
                        return;
                    }

                    _connections.Add(connection);
                    _serving.RemoveAll(task => task.IsCompletedSuccessfully);
                    _serving.Add(Task.Run(() => ServeAsync(connection)));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // it does not listen any more
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            var request = new RequestReader(connection, _end.Token);
            while (await request.ReadHeadAsync().ConfigureAwait(false) && await AnswerAsync(request, connection).ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // the sender went away, or this receiver does
        }

        lock (_gate)
        {
            _connections.Remove(connection);
        }

        Reset(connection);
    }

    /// <summary>False when the connection is to be reset.</summary>
    private async Task<bool> AnswerAsync(RequestReader request, Socket connection)
    {
        var mood = Choose(out var chance);
        if (mood == Mood.ResetMidBody)
        {
            await request.ReadBodyAsync((int)(request.Length * chance), TimeSpan.Zero).ConfigureAwait(false);
            return false;
        }

        await request.ReadBodyAsync(request.Length, mood == Mood.Slow ? TimeSpan.FromMilliseconds(1 + (20 * chance)) : TimeSpan.Zero).ConfigureAwait(false);
        switch (mood)
        {
            case Mood.ResetUnanswered:
                return false;
            case Mood.Throttled:
                await SendAsync(connection, chance < 0.1 ? "429 Too Many Requests\r\nRetry-After: 1" : "429 Too Many Requests").ConfigureAwait(false);
                return true;
            case Mood.Broken:
                await SendAsync(connection, "500 Internal Server Error").ConfigureAwait(false);
                return true;
            case Mood.Late:
                await Task.Delay(Latest * chance, _end.Token).ConfigureAwait(false);
                break;
        }

        Take(request);
        await SendAsync(connection, "200 OK").ConfigureAwait(false);
        return true;
    }

    private Mood Choose(out double chance)
    {
        lock (_gate)
        {
            chance = _random.NextDouble();
            return Volatile.Read(ref _mood)(_random);
        }
    }

    private void Take(RequestReader request)
    {
        var bytes = request.IsJson ? JsonLines.Read(request.Body.Span, _delivered) : _delivered.AddLines(request.Body.Span);
        lock (_gate)
        {
            _largest = Math.Max(_largest, bytes);
        }
    }

    private async Task SendAsync(Socket connection, string status) =>
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"), _end.Token).ConfigureAwait(false);
}
