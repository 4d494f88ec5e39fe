using System.Globalization;

namespace Sidecars.Testing;

/// <summary>
/// A real PostgreSQL (Debian package <c>postgresql</c>) on loopback, superuser <c>postgres</c> without a password on its Unix socket
/// and with the password <c>secret</c> (SCRAM) over TCP. The server refuses to run as root; then it runs as <c>nobody</c>.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>The password of <c>postgres</c> over TCP.</summary>
    public const string Password = "secret";

    private const string Unprivileged = "65534";

    private readonly ServerProcess _process;

    private PostgreSqlServer(ServerProcess process, int port, string folder) => (_process, Port, Folder) = (process, port, folder);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The server's own folder, with <c>data</c> in it.</summary>
    public string Folder { get; }

    /// <summary>Makes a cluster, starts the server and returns when it accepts connections.</summary>
    /// <param name="tls">Certificate and key as PEM; the server then refuses connections without TLS.</param>
    /// <param name="ca">Clients must show a certificate of this authority, in PEM; null: none.</param>
    public static async Task<PostgreSqlServer> StartAsync((string Certificate, string Key)? tls = null, string? ca = null)
    {
        var folder = new TempFolder();
        var data = folder["data"];
        var passwordFile = folder.Write("password", Password);
        await OwnAsync(folder.Path);
        await ServerProcess.RunAsync(
            Program("initdb"), As("initdb", "-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--no-sync"));
        var port = FreePort.Next();
        List<string> settings =
        [
            "-D", data, "-h", "127.0.0.1", "-k", folder.Path, "-p", port.ToString(CultureInfo.InvariantCulture),
            "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=50",
        ];
        if (tls is { } pair)
        {
            folder.Write("data/server.crt", pair.Certificate);
            folder.Write("data/server.key", pair.Key);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder["data/server.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            settings.AddRange(["-c", "ssl=on"]);
            if (ca is not null)
            {
                folder.Write("data/ca.crt", ca);
                settings.AddRange(["-c", "ssl_ca_file=ca.crt"]);
            }

            var verify = ca is null ? "" : " clientcert=verify-ca";
            await File.WriteAllTextAsync(folder["data/pg_hba.conf"], $"local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256{verify}\n");
            await OwnAsync(data);
        }

        var process = ServerProcess.Start(folder, Program("postgres"), As("postgres", settings));
        await process.WaitAcceptingAsync(port);
        await Eventually.True(
            async () =>
            {
                // it accepts connections before it lets anybody in
                await ServerProcess.RunAsync("pg_isready", "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture));
                return true;
            },
            TimeSpan.FromSeconds(60));
        return new PostgreSqlServer(process, port, folder.Path);
    }

    /// <summary>Replaces certificate and key and has the server read them.</summary>
    public async Task SwapCertificateAsync((string Certificate, string Key) tls)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "data/server.crt"), tls.Certificate);
        await File.WriteAllTextAsync(Path.Combine(Folder, "data/server.key"), tls.Key);
        await ServerProcess.RunAsync(Program("pg_ctl"), As("pg_ctl", "reload", "-D", Path.Combine(Folder, "data")));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static Task OwnAsync(string path) =>
        Environment.IsPrivilegedProcess ? ServerProcess.RunAsync("chown", "-R", $"{Unprivileged}:{Unprivileged}", path) : Task.CompletedTask;

    private static string Program(string name) => Environment.IsPrivilegedProcess ? "setpriv" : PathOf(name);

    private static string[] As(string name, params IEnumerable<string> arguments) => Environment.IsPrivilegedProcess
        ? [$"--reuid={Unprivileged}", $"--regid={Unprivileged}", "--clear-groups", PathOf(name), .. arguments]
        : [.. arguments];

    /// <summary>Debian keeps the programs of each version in a folder of their own.</summary>
    private static string PathOf(string name) =>
        Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin", name)).Where(File.Exists).Order(StringComparer.Ordinal).Last();
}
