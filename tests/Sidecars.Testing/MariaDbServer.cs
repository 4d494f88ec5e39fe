using System.Globalization;

namespace Sidecars.Testing;

/// <summary>A real MariaDB (Debian package <c>mariadb-server-core</c>) on loopback, with an empty password for root over TCP.</summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private MariaDbServer(ServerProcess process, int port) => (_process, Port) = (process, port);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Makes a database folder, starts the server and returns when it accepts connections.</summary>
    /// <param name="options">More options, such as <c>--ssl-cert=...</c>.</param>
    public static async Task<MariaDbServer> StartAsync(params IEnumerable<string> options)
    {
        var folder = new TempFolder();
        var data = folder["data"];
        var user = Environment.UserName;
        await ServerProcess.RunAsync(
            "mariadb-install-db", "--no-defaults", $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", $"--user={user}");
        var port = FreePort.Next();
        var process = ServerProcess.Start(
            folder,
            "mariadbd",
            ["--no-defaults",
            $"--user={user}",
            $"--datadir={data}",
            $"--socket={folder["mariadb.sock"]}",
            $"--pid-file={folder["mariadb.pid"]}",
            $"--port={port.ToString(CultureInfo.InvariantCulture)}",
            "--bind-address=127.0.0.1",
            "--skip-networking=0",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=16M",
            "--innodb-log-file-size=8M",
            .. options]);
        await process.WaitAcceptingAsync(port);
        return new MariaDbServer(process, port);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
