using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Sidecars.Adapter.Tests.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Hostile;

/// <summary>
/// An adapter as a process whose heap may not grow beyond a limit, with good sources of every kind beside whatever a test sets on it: a
/// log, a page, and a client that pushes. At the end they must have been counted to the last sample, as if nothing had been.
/// </summary>
internal sealed class AdapterUnderAttack : IAsyncDisposable
{
    /// <summary>The most series of one metric.</summary>
    public const int PerMetric = 1000;

    // hexadecimal, 128 MiB: what an attack could make the adapter keep would end the process long before it ended the machine's memory
    private const string HeapLimit = "8000000";

    // a debug build without ahead-of-time compilation takes 80 MiB when nothing happens and was seen at 160; what is written to it is more than a gibibyte
    private const long MostResidentKilobytes = 400 * 1024;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private readonly MisbehavingServer _page = new("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"v\":7}"u8);
    private readonly Socket _client = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private int _good;

    private AdapterUnderAttack(TempFolder folder) => Folder = folder;

    /// <summary>For what the test writes; removed at the end.</summary>
    public TempFolder Folder { get; }

    /// <summary>The adapter.</summary>
    public SidecarProcess Process { get; private set; } = null!;

    /// <summary>The port on which it takes StatsD over TCP.</summary>
    public int StatsdPort { get; } = FreePort.Next();

    /// <summary>Starts it.</summary>
    /// <param name="inputs">The inputs of the attack, as they stand below <c>inputs:</c>, each indented by two.</param>
    /// <param name="folder">What the inputs may name.</param>
    public static async Task<AdapterUnderAttack> StartAsync(string inputs, TempFolder folder)
    {
        var attacked = new AdapterUnderAttack(folder);
        var port = FreePort.Next();
        var file = folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            limits: { series: 20000, per_metric: {{PerMetric}} }
            statsd: { unix: {{folder["statsd.sock"]}}, tcp: "127.0.0.1:{{attacked.StatsdPort}}", mappings: [ { match: good.pushed, name: good_pushed_total } ] }
            inputs:
              good:
                tail: {{folder["good.log"]}}
                format: '[$who] $took'
                metrics: [ { counter: good_lines_total, labels: [who] }, { counter: good_took_seconds_total, value: took } ]
              calm: { http: "{{attacked._page.Url}}", timeout: 1m, json: $, up: calm_up, metrics: [ { gauge: calm_value, value: v } ] }
            {{inputs}}
            """);
        attacked.Process = SidecarProcess.Start("adapter", port, ["--config", file], new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = HeapLimit });
        await attacked.Process.WaitReadyAsync();
        await attacked._client.ConnectAsync(new UnixDomainSocketEndPoint(folder["statsd.sock"]));
        return attacked;
    }

    /// <summary>Lets the good sources say something more.</summary>
    public async Task SayGoodAsync()
    {
        _good++;
        await File.AppendAllTextAsync(Folder["good.log"], "[me] 0.5\n");
        await _client.SendAsync("good.pushed:1|c"u8.ToArray());
    }

    /// <summary>Sends a datagram; over a Unix socket none is lost, as the sender waits.</summary>
    public async Task PushAsync(string datagram) => await _client.SendAsync(Encoding.Latin1.GetBytes(datagram));

    /// <summary>Waits until a figure has a value.</summary>
    public Task WaitAsync(double expected, string metric, params (string Name, string Value)[] labels) =>
        Eventually.Value(
            async () => (await Process.MetricsAsync()).Sum(metric, labels),
            sum => sum == expected,
            Deadline,
            () => Process.Error + Process.Output,
            $"{expected} from {metric} {string.Join(", ", labels)}");

    /// <summary>That every good source was counted in full, the page is one, and the memory stayed within bounds.</summary>
    public async Task AssertUnharmedAsync()
    {
        await SayGoodAsync();
        await WaitAsync(_good, "good_lines_total", ("who", "me"));
        await WaitAsync(_good * .5, "good_took_seconds_total");
        await WaitAsync(_good, "good_pushed_total");
        await WaitAsync(7, "calm_value");
        await WaitAsync(1, "sidecars_adapter_page_up", ("input", "calm"));
        var page = await Process.MetricsAsync();
        Assert.Equal(_good, page.Value("sidecars_adapter_lines_total", ("input", "good")));
        Assert.Equal(0, page.Value("sidecars_adapter_lines_unparsed_total", ("input", "good")));
        Assert.Equal(0, page.Sum("sidecars_adapter_source_errors_total", ("input", "calm")));
        Assert.Equal("", await PrometheusServer.CheckAsync((await Process.GetAsync("metrics")).Body));
        Assert.True(MostResident() < MostResidentKilobytes, $"{MostResident()} kB were resident");
        Assert.Equal(0, await Process.TerminateAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _client.Dispose();
        _page.Dispose();
    }

    private long MostResident() => long.Parse(
        File.ReadLines($"/proc/{Process.ProcessId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);
}
