using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sidecars.Testing;

/// <summary>What a test may want different about its nginx. Every default serves most tests.</summary>
public sealed record NginxSettings
{
    /// <summary>The body of <c>log_format tested '...'</c>; null uses nginx's own <c>combined</c>.</summary>
    public string? LogFormat { get; init; }

    /// <summary>nginx's <c>escape=</c> parameter of the format: default, json or none.</summary>
    public string Escape { get; init; } = "default";

    /// <summary>Where the access log goes; null puts it beside the other files of the server.</summary>
    public string? AccessLog { get; init; }

    /// <summary>More directives for the <c>server</c> block, for example a location that proxies.</summary>
    public string Server { get; init; } = "";

    /// <summary>A fixed port, for example to come back on the port of a server that was stopped; 0 chooses a free one.</summary>
    public int Port { get; init; }
}

/// <summary>
/// A real nginx (Debian package <c>nginx-light</c>) on loopback with a folder of its own. Locations: <c>/</c> answers 200
/// with 13 bytes, <c>/status/NNN</c> answers with that status for 204, 301, 403, 404, 500 and 503, <c>/stub_status</c>
/// is not logged.
/// </summary>
public sealed class NginxServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    private static readonly int[] Statuses = [204, 301, 403, 404, 500, 503];

    private readonly Process _process;
    private bool _stopped;

    private NginxServer(Process process, string folder, int port, string accessLog)
    {
        _process = process;
        Folder = folder;
        Port = port;
        AccessLog = accessLog;
    }

    /// <summary>The server's own folder: configuration, error log, temporary files.</summary>
    public string Folder { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The access log's path.</summary>
    public string AccessLog { get; }

    /// <summary>The process id of nginx's master process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>The server's address, with a slash at the end.</summary>
    public Uri Url => new($"http://127.0.0.1:{Port}/");

    /// <summary>The address of the status page.</summary>
    public Uri StatusUrl => new(Url, "stub_status");

    /// <summary>Starts nginx and returns when it accepts connections.</summary>
    public static async Task<NginxServer> StartAsync(NginxSettings? settings = null)
    {
        settings ??= new NginxSettings();
        var folder = Directory.CreateTempSubdirectory("sidecars-nginx-").FullName;
        var log = settings.AccessLog ?? Path.Combine(folder, "access.log");
        for (var attempt = 1; ; attempt++)
        {
            // Another process may take the port between the choice and nginx's bind: then nginx exits and we choose again.
            var port = settings.Port != 0 ? settings.Port : FreePort.Next();
            await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), Configuration(settings, folder, log, port));
            var server = new NginxServer(Launch(folder), folder, port, log);
            if (await server.IsAcceptingAsync())
            {
                return server;
            }

            await server.StopAsync();
            if (attempt == 5)
            {
                throw new InvalidOperationException($"nginx did not start: {await File.ReadAllTextAsync(Path.Combine(folder, "error.log"))}");
            }
        }
    }

    /// <summary>Tells nginx to open its log anew (USR1), as logrotate does after a rename.</summary>
    public void Reopen() => UnixSignal.Send(_process, UnixSignal.User1);

    /// <summary>Has nginx read its configuration and certificates again (HUP); running requests end as they began.</summary>
    public void Reload() => UnixSignal.Send(_process, UnixSignal.Hangup);

    /// <summary>Stops master and workers where they stand (STOP): the kernel goes on accepting connections, and nobody answers.</summary>
    public void Freeze() => SendToAll(UnixSignal.Stop);

    /// <summary>Lets them go on (CONT).</summary>
    public void Thaw() => SendToAll(UnixSignal.Continue);

    /// <summary>Ends master and workers at once (KILL): their connections are closed or reset by the kernel.</summary>
    public Task KillAsync()
    {
        SendToAll(UnixSignal.Kill);
        return _process.WaitForExitAsync();
    }

    /// <summary>
    /// Renames the access log to <paramref name="target"/> and has nginx open a new one; returns when no process of nginx has the
    /// renamed file open any more, so that every later request is in the new one.
    /// </summary>
    public async Task RotateAsync(string target)
    {
        File.Move(AccessLog, target);
        Reopen();
        await Eventually.True(() => File.Exists(AccessLog) && !Processes().Any(process => HasOpen(process, target)));
    }

    /// <summary>Stops nginx in the graceful way (QUIT): running requests end and are logged.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        if (!_process.HasExited)
        {
            UnixSignal.Send(_process, UnixSignal.Quit);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The master and its workers.</summary>
    private IEnumerable<string> Processes() =>
        File.ReadAllText($"/proc/{ProcessId}/task/{ProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Append(ProcessId.ToString(CultureInfo.InvariantCulture));

    private void SendToAll(int signal)
    {
        // the master comes last: a worker whose master is gone may be gone, too
        foreach (var process in Processes().ToList())
        {
            UnixSignal.Send(int.Parse(process, CultureInfo.InvariantCulture), signal);
        }
    }

    private static bool HasOpen(string process, string path) =>
        Directory.EnumerateFiles($"/proc/{process}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == path);

    private static Process Launch(string folder)
    {
        var start = new ProcessStartInfo("nginx") { UseShellExecute = false };
        foreach (var argument in (string[])["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", Path.Combine(folder, "error.log")])
        {
            start.ArgumentList.Add(argument);
        }

        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Contains("/usr/sbin"))
        {
            start.FileName = "/usr/sbin/nginx";
        }

        return Process.Start(start) ?? throw new InvalidOperationException("nginx was not started");
    }

    private async Task<bool> IsAcceptingAsync()
    {
        await Eventually.True(
            async () =>
            {
                if (_process.HasExited)
                {
                    return true;
                }

                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            },
            StartDeadline);
        return !_process.HasExited;
    }

    private static string Configuration(NginxSettings settings, string folder, string log, int port)
    {
        var format = settings.LogFormat is null ? "" : $"log_format tested escape={settings.Escape} '{Quote(settings.LogFormat)}';";
        var formatName = settings.LogFormat is null ? "combined" : "tested";
        var statuses = string.Join("\n", Statuses.Select(status => status == 301
            ? "        location = /status/301 { return 301 /elsewhere; }"
            : $"        location = /status/{status} {{ return {status}; }}"));
        return $$"""
            daemon off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log warn;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            events { worker_connections 512; }
            http {
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                keepalive_requests 1000000;
                {{format}}
                access_log {{log}} {{formatName}};
                server {
                    listen 127.0.0.1:{{port}};
                    location = /stub_status { stub_status; access_log off; }
            {{statuses}}
                    {{settings.Server}}
                    location / { return 200 "Hello, world!"; }
                }
            }
            """;
    }

    /// <summary>nginx takes a backslash in a quoted string as an escape.</summary>
    private static string Quote(string format) => format.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
}
