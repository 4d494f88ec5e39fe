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
    /// <param name="tls">Certificate, key and the authority of clients, as paths: the server then speaks TLS alone and wants a client's certificate.</param>
    public static async Task<RedisServer> StartAsync((string Certificate, string Key, string Ca)? tls = null)
    {
        var folder = new TempFolder();
        var port = FreePort.Next();
        var text = port.ToString(CultureInfo.InvariantCulture);
        string[] listen = tls is var (certificate, key, ca)
            ? ["--port", "0", "--tls-port", text, "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", ca]
            : ["--port", text];
        var process = ServerProcess.Start(
            folder,
            "redis-server",
            [.. listen,
            "--bind", "127.0.0.1",
            "--dir", folder.Path,
            "--save", "",
            "--appendonly", "no"]);
        await process.WaitAcceptingAsync(port);
        return new RedisServer(process, port);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
