using System.Globalization;

namespace Sidecars.Testing;

/// <summary>A real memcached (Debian package <c>memcached</c>) on loopback.</summary>
public sealed class MemcachedServer : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private MemcachedServer(ServerProcess process, int port) => (_process, Port) = (process, port);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts the server and returns when it accepts connections.</summary>
    public static async Task<MemcachedServer> StartAsync()
    {
        var port = FreePort.Next();
        var process = ServerProcess.Start(
            new TempFolder(), "memcached", "-u", Environment.UserName, "-l", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-U", "0", "-m", "16", "-t", "1");
        await process.WaitAcceptingAsync(port);
        return new MemcachedServer(process, port);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
