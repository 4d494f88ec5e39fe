using System.Globalization;

namespace Sidecars.Testing;

/// <summary>A real Redis (Debian package <c>redis-server</c>) on loopback that keeps nothing on disk.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private RedisServer(ServerProcess process, int port) => (_process, Port) = (process, port);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts the server and returns when it accepts connections.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        var folder = new TempFolder();
        var port = FreePort.Next();
        var process = ServerProcess.Start(
            folder,
            "redis-server",
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--bind", "127.0.0.1",
            "--dir", folder.Path,
            "--save", "",
            "--appendonly", "no");
        await process.WaitAcceptingAsync(port);
        return new RedisServer(process, port);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
