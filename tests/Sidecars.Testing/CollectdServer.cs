using System.Net.Sockets;

namespace Sidecars.Testing;

/// <summary>A real collectd (Debian package <c>collectd-core</c>) that sends on over HTTP what it is told over its Unix socket.</summary>
public sealed class CollectdServer : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private CollectdServer(ServerProcess process, string socket) => (_process, Path) = (process, socket);

    /// <summary>The path of its Unix socket.</summary>
    public string Path { get; }

    /// <summary>Starts it, and returns when it listens.</summary>
    /// <param name="json">Where values go as JSON.</param>
    /// <param name="command">Where they go as PUTVAL lines.</param>
    public static async Task<CollectdServer> StartAsync(Uri json, Uri command)
    {
        var folder = new TempFolder();
        var socket = folder["collectd.sock"];
        var file = folder.Write("collectd.conf", $$"""
            Hostname "tested"
            BaseDir "{{folder.Path}}"
            PIDFile "{{folder["collectd.pid"]}}"
            TypesDB "/usr/share/collectd/types.db"
            Interval 3600
            WriteThreads 1
            LoadPlugin unixsock
            LoadPlugin write_http
            <Plugin unixsock>
              SocketFile "{{socket}}"
              DeleteSocket true
            </Plugin>
            <Plugin write_http>
              <Node "json">
                URL "{{json}}"
                Format JSON
              </Node>
              <Node "command">
                URL "{{command}}"
                Format Command
              </Node>
            </Plugin>

            """); // without a line feed at its end it would not be read
        var process = ServerProcess.Start(folder, "collectd", "-f", "-C", file);
        await Eventually.True(
            async () =>
            {
                using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await client.ConnectAsync(new UnixDomainSocketEndPoint(socket));
                return true;
            },
            TimeSpan.FromSeconds(60));
        return new CollectdServer(process, socket);
    }

    /// <summary>Says lines on a Unix socket and gets an answer to each.</summary>
    /// <param name="socket">The path.</param>
    /// <param name="lines">The lines.</param>
    public static async Task<IReadOnlyList<string?>> SayAsync(string socket, params string[] lines)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        await using var stream = new NetworkStream(client);
        await using var writer = new StreamWriter(stream) { AutoFlush = true };
        using var reader = new StreamReader(stream);
        var answers = new List<string?>();
        foreach (var line in lines)
        {
            await writer.WriteAsync(line + "\n");
            answers.Add(await reader.ReadLineAsync());
        }

        return answers;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
