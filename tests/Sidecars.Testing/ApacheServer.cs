using System.Globalization;

namespace Sidecars.Testing;

/// <summary>A real Apache (Debian package <c>apache2</c>) on loopback with <c>server-status</c>, and behind it a real PHP-FPM (<c>php-fpm</c>) with <c>fpm-status</c>.</summary>
public sealed class ApacheServer : IAsyncDisposable
{
    private readonly ServerProcess _apache;
    private readonly ServerProcess _php;

    private ApacheServer(ServerProcess apache, ServerProcess php, int port) => (_apache, _php, Port) = (apache, php, port);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The root of the server.</summary>
    public Uri Url => new($"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>Starts both and returns when they accept connections.</summary>
    public static async Task<ApacheServer> StartAsync()
    {
        var phpPort = FreePort.Next();
        var php = await StartPhpAsync(phpPort);
        var folder = new TempFolder();
        var port = FreePort.Next();
        var configuration = folder.Write("apache.conf", $"""
            ServerRoot {folder.Path}
            ServerName localhost
            DefaultRuntimeDir {folder.Path}
            PidFile {folder["apache.pid"]}
            ErrorLog {folder["error.log"]}
            Listen 127.0.0.1:{port}
            User www-data
            Group www-data
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            LoadModule status_module /usr/lib/apache2/modules/mod_status.so
            LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
            LoadModule proxy_fcgi_module /usr/lib/apache2/modules/mod_proxy_fcgi.so
            StartServers 1
            <Location /server-status>
              SetHandler server-status
            </Location>
            ProxyPass /fpm-status fcgi://127.0.0.1:{phpPort}/fpm-status
            """);
        var apache = ServerProcess.Start(folder, "apache2", "-f", configuration, "-DFOREGROUND");
        await apache.WaitAcceptingAsync(port);
        return new ApacheServer(apache, php, port);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _apache.DisposeAsync();
        await _php.DisposeAsync();
    }

    private static async Task<ServerProcess> StartPhpAsync(int port)
    {
        var folder = new TempFolder();
        var configuration = folder.Write("fpm.conf", $"""
            [global]
            error_log = {folder["fpm.log"]}
            [www]
            user = www-data
            group = www-data
            listen = 127.0.0.1:{port}
            pm = static
            pm.max_children = 1
            pm.status_path = /fpm-status

            """);
        var program = Path.GetFileName(Directory.EnumerateFiles("/usr/sbin", "php-fpm*").First());
        var php = ServerProcess.Start(folder, program, "--no-php-ini", "--nodaemonize", "--fpm-config", configuration);
        await php.WaitAcceptingAsync(port);
        return php;
    }
}
