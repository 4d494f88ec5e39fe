namespace Sidecars.Ambassador.Tests.Faults;

/// <summary>What happens on the way to a server.</summary>
internal enum PathFault
{
    /// <summary>Nothing: bytes pass.</summary>
    None,

    /// <summary>A connection is reset as soon as a request comes over it.</summary>
    Reset,

    /// <summary>What comes over a connection is kept for 300 ms.</summary>
    Slow,

    /// <summary>Connections are taken, and what comes over them leads nowhere, as on a path whose other half is gone.</summary>
    HalfOpen,

    /// <summary>Half of the answer comes, then a reset.</summary>
    Cut,
}

/// <summary>A path to a server on loopback with trouble on request; the faults hold for the connections that are open, too.</summary>
internal sealed class TroubledPath : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private int _fault;
    private int _struck;

    public TroubledPath(int target)
    {
        _target = target;
        _listener.Start(512);
        _ = _listener.AcceptAsync(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often a fault met something.</summary>
    public int Struck => Volatile.Read(ref _struck);

    public PathFault Fault
    {
        get => (PathFault)Volatile.Read(ref _fault);
        set => Volatile.Write(ref _fault, (int)value);
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket from)
    {
        using (from)
        using (var to = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                await to.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(PassAsync(from, to, answers: false), PassAsync(to, from, answers: true));
            }
            catch (SocketException)
            {
                Reset(from);
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var read)
        {
            var rest = buffer.AsMemory(0, read);
            switch (Strike(answers))
            {
                case PathFault.Reset:
                    Reset(from);
                    return;
                case PathFault.Cut:
                    await to.SendAsync(rest[..(read / 2)], SocketFlags.None);
                    Reset(to);
                    return;
                case PathFault.HalfOpen:
                    continue;
                case PathFault.Slow:
                    await SlowlyAsync();
                    break;
            }

            await to.SendAsync(rest, SocketFlags.None);
        }
    }

    /// <summary>The fault that meets these bytes: resets, delays and the dead end meet requests, the cut meets answers.</summary>
    private PathFault Strike(bool answers)
    {
        var fault = Fault;
        if (fault == PathFault.None || answers != (fault == PathFault.Cut))
        {
            return PathFault.None;
        }

        Interlocked.Increment(ref _struck);
        return fault;
    }

    private static async Task SlowlyAsync()
    {
        using var timer = new PeriodicTimer(Delay);
        await timer.WaitForNextTickAsync();
    }

    /// <summary>Closes with RST.</summary>
    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }
}
