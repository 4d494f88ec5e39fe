using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Sidecars.Testing;

namespace Sidecars.Faults;

/// <summary>
/// The collector, a process at a time: started, killed, asked to end, started again with the same state. Its admin port is a socket in
/// the folder, so that many can run side by side.
/// </summary>
internal sealed class CollectorUnderTest(string folder, string executable) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private SidecarProcess? _process;
    private string _errors = "";
    private int _starts;

    /// <summary>The configuration; <c>ADMIN</c> stands for the admin port.</summary>
    public string Configuration { get; set; } = "";

    /// <summary>A command line that it is started through.</summary>
    public IReadOnlyList<string> Through { get; set; } = [];

    /// <summary>How often it ended without having settled what was in flight.</summary>
    public int Kills { get; private set; }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>All that it said on standard error, over all its lives.</summary>
    public string Errors => _errors + _process?.Error;

    public void Start()
    {
        var socket = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"admin{_starts++}"));
        var file = Path.Combine(folder, "collector.yaml");
        File.WriteAllText(file, Configuration.Replace("ADMIN", socket, StringComparison.Ordinal));
        string[] command = [.. Through, Path.Combine(AppContext.BaseDirectory, executable), "--config", file];
        _process = SidecarProcess.Start(command[0], 0, command[1..]);
        Socket = socket;
    }

    private string Socket { get; set; } = "";

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        Kills++;
        Process.Signal(UnixSignal.Kill);
        await Process.WaitForExitAsync().ConfigureAwait(false);
        await ForgetAsync().ConfigureAwait(false);
    }

    /// <summary>SIGTERM; returns how long it took. It must end with 0.</summary>
    /// <param name="mayBeCutShort">The time may not suffice for what is in flight.</param>
    public async Task<TimeSpan> TerminateAsync(bool mayBeCutShort = false)
    {
        Kills += mayBeCutShort ? 1 : 0;

        // a program that has not begun yet has the system's own answer to SIGTERM
        await Eventually.True(() => Process.Error.Length > 0, Deadline).ConfigureAwait(false);
        var began = Stopwatch.GetTimestamp();
        var code = await Process.TerminateAsync().ConfigureAwait(false);
        var took = Stopwatch.GetElapsedTime(began);
        await ForgetAsync().ConfigureAwait(false);
        return code == 0 ? took : throw new InvalidOperationException($"the collector ended with {code}: {Tail()}");
    }

    /// <summary>The samples of its metrics page.</summary>
    public async Task<MetricsText> MetricsAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync });
        return MetricsText.Parse(await client.GetStringAsync(new Uri("http://collector/metrics")).ConfigureAwait(false));
    }

    /// <summary>The last that it said.</summary>
    public string Tail() => Errors is { Length: > 3000 } errors ? errors[^3000..] : Errors;

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private SidecarProcess Process => _process ?? throw new InvalidOperationException("not started");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ForgetAsync()
    {
        _errors = Errors;
        await Process.DisposeAsync().ConfigureAwait(false);
        _process = null;
    }
}
