using System.Net;
using System.Net.Sockets;

namespace Sidecars.Adapter.Tests.Sources;

/// <summary>What comes after the answer.</summary>
internal enum MisbehaviourAfter
{
    /// <summary>The end of the connection.</summary>
    Closes,

    /// <summary>Spaces for ever, as fast as they are taken.</summary>
    Floods,

    /// <summary>Nothing, for ever.</summary>
    Hangs,
}

/// <summary>Answers every connection with the same bytes, and may go on for ever or never begin.</summary>
internal sealed class MisbehavingServer : IDisposable
{
    // so much at once that the end of a reader's patience in bytes comes long before that in time
    private static readonly byte[] More = [.. Enumerable.Repeat((byte)' ', 64 * 1024)];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _answer;
    private readonly MisbehaviourAfter _after;
    private int _connections;

    public MisbehavingServer(ReadOnlySpan<byte> answer, bool forEver)
        : this(answer, !forEver ? MisbehaviourAfter.Closes : answer.IsEmpty ? MisbehaviourAfter.Hangs : MisbehaviourAfter.Floods)
    {
    }

    public MisbehavingServer(ReadOnlySpan<byte> answer, MisbehaviourAfter after = MisbehaviourAfter.Closes)
    {
        _answer = answer.ToArray();
        _after = after;
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

                // the whole question, as one segment brings it: what is left unread would make the end of the connection a reset
                await stream.ReadAtLeastAsync(new byte[64 * 1024], 1, cancellationToken: _stop.Token);
                await stream.WriteAsync(_answer, _stop.Token);
                while (_after == MisbehaviourAfter.Floods)
                {
                    await stream.WriteAsync(More, _stop.Token);
                }

                if (_after == MisbehaviourAfter.Hangs)
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
