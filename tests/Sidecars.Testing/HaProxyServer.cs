using System.Globalization;

namespace Sidecars.Testing;

/// <summary>A real HAProxy (Debian package <c>haproxy</c>) on loopback: a frontend <c>web</c>, a backend <c>app</c> with one server <c>one</c>, and its table at <c>/stats;csv</c>.</summary>
public sealed class HaProxyServer : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private HaProxyServer(ServerProcess process, int port, int statsPort) => (_process, Port, StatsPort) = (process, port, statsPort);

    /// <summary>The port of the frontend on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The port of the table on 127.0.0.1.</summary>
    public int StatsPort { get; }

    /// <summary>Starts it in front of a port of 127.0.0.1 and returns when it accepts connections.</summary>
    public static async Task<HaProxyServer> StartAsync(int backend)
    {
        var folder = new TempFolder();
        var (port, stats) = (FreePort.Next(), FreePort.Next());
        var configuration = folder.Write("haproxy.cfg", string.Create(CultureInfo.InvariantCulture, $"""
            global
              maxconn 200
            defaults
              mode http
              timeout connect 30s
              timeout client 30s
              timeout server 30s
            frontend web
              bind 127.0.0.1:{port}
              default_backend app
            backend app
              server one 127.0.0.1:{backend}
            frontend stats
              bind 127.0.0.1:{stats}
              stats enable
              stats uri /stats

            """));
        var process = ServerProcess.Start(folder, "haproxy", "-db", "-f", configuration);
        await process.WaitAcceptingAsync(port);
        await process.WaitAcceptingAsync(stats);
        return new HaProxyServer(process, port, stats);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
