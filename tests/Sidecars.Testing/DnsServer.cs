using System.Globalization;

namespace Sidecars.Testing;

/// <summary>
/// A real dnsmasq (Debian package <c>dnsmasq-base</c>) on loopback, for UDP and TCP. It knows the names below <c>.test</c> that
/// a test gives it, says of any other such name that it does not exist, and refuses all else. Its answers are valid for 1 s.
/// </summary>
public sealed class DnsServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    private DnsServer(TempFolder folder, ServerProcess process, int port) => (_folder, _process, Port) = (folder, process, port);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts the server and returns when it answers.</summary>
    /// <param name="addresses">Lines of a hosts file.</param>
    /// <param name="more">More lines of its configuration, such as <c>srv-host=</c>.</param>
    /// <param name="port">A fixed port, to come back at; 0 chooses a free one.</param>
    public static async Task<DnsServer> StartAsync(string addresses, string more = "", int port = 0)
    {
        port = port == 0 ? FreePort.Next() : port;
        var folder = new TempFolder();
        var file = folder.Write("dnsmasq.conf", $"""
            port={port.ToString(CultureInfo.InvariantCulture)}
            listen-address=127.0.0.1
            bind-interfaces
            user={Environment.UserName}
            pid-file
            no-resolv
            no-hosts
            local-ttl=1
            local=/test/
            addn-hosts={folder.Write("hosts", addresses + "\n")}
            {more}

            """);
        var process = ServerProcess.Start(folder, "dnsmasq", "--keep-in-foreground", "--conf-file=" + file);
        await process.WaitAcceptingAsync(port);
        return new DnsServer(folder, process, port);
    }

    /// <summary>Has it answer otherwise from the next question on.</summary>
    /// <param name="addresses">Lines of a hosts file.</param>
    public void Change(string addresses)
    {
        _folder.Write("hosts", addresses + "\n");
        _process.Signal(UnixSignal.Hangup);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
