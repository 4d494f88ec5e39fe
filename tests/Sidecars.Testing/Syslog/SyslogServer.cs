using System.Globalization;

namespace Sidecars.Testing.Syslog;

/// <summary>
/// A real rsyslog or syslog-ng that eng/receivers.sh unpacked, on loopback, with every transport at once. What it understood of each
/// message it writes as one line: <c>pri|hostname|app-name|procid|msgid|structured data|text</c>.
/// </summary>
public sealed class SyslogServer : IAsyncDisposable
{
    private static readonly string Unpacked = Path.Combine(Environment.GetEnvironmentVariable("SIDECARS_WORK") ?? Repository.PathOf("artifacts"), "receivers", "root");

    private readonly TempFolder _folder = new();
    private readonly Func<SyslogServer, (string Program, string[] Arguments)> _command;
    private ServerProcess? _process;

    private SyslogServer(Func<SyslogServer, (string Program, string[] Arguments)> command, Authority authority)
    {
        _command = command;
        var (certificate, key) = authority.Issue("localhost");
        _folder.Write("ca.pem", authority.Pem);
        _folder.Write("certificate.pem", certificate);
        _folder.Write("key.pem", key);
    }

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int TcpPort { get; } = FreePort.Next();

    /// <summary>The TCP port on 127.0.0.1 that wants TLS.</summary>
    public int TlsPort { get; } = FreePort.Next();

    /// <summary>The UDP port on 127.0.0.1.</summary>
    public int UdpPort { get; } = FreePort.NextUdp();

    /// <summary>A Unix socket for datagrams.</summary>
    public string DatagramPath => _folder["datagram.sock"];

    /// <summary>A Unix socket for a stream.</summary>
    public string StreamPath => _folder["stream.sock"];

    /// <summary>The certificate of the authority that the server's certificate is of.</summary>
    public string AuthorityPath => _folder["ca.pem"];

    /// <summary>Every message so far, in the order of arrival.</summary>
    public string[] Messages => File.Exists(_folder["messages"]) ? File.ReadAllText(_folder["messages"]).Split('\n')[..^1] : [];

    internal TempFolder Folder => _folder;

    /// <summary>Starts rsyslog.</summary>
    public static Task<SyslogServer> RsyslogAsync(Authority authority) => StartAsync(new SyslogServer(Rsyslog.Command, authority));

    /// <summary>Starts syslog-ng.</summary>
    public static Task<SyslogServer> SyslogNgAsync(Authority authority) => StartAsync(new SyslogServer(SyslogNg.Command, authority));

    /// <summary>Starts it (again).</summary>
    public async Task StartAsync()
    {
        if (!Directory.Exists(Unpacked))
        {
            throw new DirectoryNotFoundException($"{Unpacked} is not there; run eng/receivers.sh");
        }

        var (program, arguments) = _command(this);
        var libraries = string.Join(':', Directory.GetDirectories(PathOf("usr/lib")));
        _process = ServerProcess.Start(folder: null, "env", [$"LD_LIBRARY_PATH={libraries}", PathOf("usr/sbin/" + program), .. arguments]);
        await _process.WaitAcceptingAsync(TcpPort);
        await _process.WaitAcceptingAsync(TlsPort);
        await Eventually.True(() => File.Exists(DatagramPath) && File.Exists(StreamPath) && IsBoundUdp(), TimeSpan.FromSeconds(30));
    }

    /// <summary>Ends it as an administrator does, so that it writes down what it has.</summary>
    public async Task StopAsync()
    {
        await _process!.TerminateAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    internal static string PathOf(string path) => Path.Combine(Unpacked, path);

    private static async Task<SyslogServer> StartAsync(SyslogServer server)
    {
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private bool IsBoundUdp() =>
        File.ReadAllText("/proc/net/udp").Contains($"0100007F:{UdpPort.ToString("X4", CultureInfo.InvariantCulture)} ", StringComparison.Ordinal);
}
