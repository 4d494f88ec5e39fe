using System.Net;
using System.Net.Sockets;

namespace Sidecars.Adapter.Tests.Sources;

/// <summary>Answers every connection with the same bytes, and may go on for ever or never begin.</summary>
internal sealed class MisbehavingServer : IDisposable
{
    // so much at once that the end of a reader's patience in bytes comes long before that in time
    private static readonly byte[] More = [.. Enumerable.Repeat((byte)' ', 64 * 1024)];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _answer;
    private readonly bool _forEver;
    private int _connections;

    public MisbehavingServer(ReadOnlySpan<byte> answer, bool forEver = false)
    {
        _answer = answer.ToArray();
        _forEver = forEver;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/status";

    /// <summary>How many connections were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await stream.ReadExactlyAsync(new byte[1], _stop.Token);
                await stream.WriteAsync(_answer, _stop.Token);
                while (_forEver && _answer.Length > 0)
                {
                    await stream.WriteAsync(More, _stop.Token);
                }

                if (_forEver)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // the other side had enough
            }
        }
    }
}
