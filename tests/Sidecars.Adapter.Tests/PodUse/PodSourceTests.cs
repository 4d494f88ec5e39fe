using Sidecars.Adapter.PodUse;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Adapter.Tests.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.PodUse;

public sealed class PodSourceTests : IDisposable
{
    private const string NetworkFile = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo:     111       2    0    0    0     0          0         0      111       2    0    0    0     0       0          0
          eth0:    1000      20    3    4    0     0          0         0     5000      60    7    8    0     0       0          0
        short: 1 2

        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Scrape_FixturesOfVersion2_PageIsRightAndClean()
    {
        _folder.Write("cgroup/cgroup.controllers", "cpu memory\n");
        _folder.Write("cgroup/cpu.stat", "usage_usec 2500000\n");
        _folder.Write("cgroup/io.stat", "8:0 rbytes=10 wbytes=20 rios=3 wios=4\n");
        _folder.Write("proc/self/net/dev", NetworkFile);
        WriteProcess(12, "nginx: (w) x", 100, 50, 3, 500, 2);
        WriteProcess(13, "nginx: (w) x", 10, 0, 1, 600, 4);
        WriteProcess(14, "sh", 0, 0, 1, 700, 1);
        await using var scraped = await Scraped.StartAsync(
            $$"""{ "pod": { "cgroup": "{{_folder["cgroup"]}}", "proc": "{{_folder["proc"]}}", "processes": true, "volumes": { "own": "{{_folder.Path}}" } } }""");

        var text = await scraped.TextAsync();

        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        var page = MetricsText.Parse(text);
        Assert.Equal(2.5, page.Value("cgroup_cpu_usage_seconds_total"));
        Assert.Equal("counter", page.Types["cgroup_cpu_usage_seconds_total"]);
        Assert.Null(page.Find("cgroup_memory_limit_bytes"));
        Assert.Equal(20, page.Value("cgroup_io_written_bytes_total", ("device", "8:0")));
        Assert.Equal(1000, page.Value("pod_network_receive_bytes_total", ("interface", "eth0")));
        Assert.Equal(8, page.Value("pod_network_transmit_dropped_total", ("interface", "eth0")));
        Assert.Equal(8, page.Samples.Count(sample => sample.Name.StartsWith("pod_network_", StringComparison.Ordinal)));
        Assert.Equal(2, page.Value("pod_processes", ("command", "nginx: (w) x")));
        Assert.Equal(4, page.Value("pod_process_threads", ("command", "nginx: (w) x")));
        Assert.Equal(6 * Environment.SystemPageSize, page.Value("pod_process_resident_bytes", ("command", "nginx: (w) x")));
        Assert.Equal(1.6, page.Value("pod_process_cpu_seconds_total", ("command", "nginx: (w) x")), 6);
        Assert.True(page.Value("pod_volume_size_bytes", ("volume", "own")) >= page.Value("pod_volume_used_bytes", ("volume", "own")));
        Assert.Equal(1, (await scraped.OwnAsync()).Value("sidecars_adapter_page_up", ("input", "pod")));
    }

    [Fact]
    public async Task Scrape_ProcessEndsAndItsNumberIsUsedAgain_CpuTimeNeverFalls()
    {
        WriteProcess(12, "job", 100, 0, 1, 500, 1);
        await using var scraped = await Scraped.StartAsync($$"""{ "pod": { "cgroup": "{{_folder.Path}}", "proc": "{{_folder["proc"]}}", "processes": true } }""");
        Assert.Equal(1, (await scraped.PageAsync()).Value("pod_process_cpu_seconds_total", ("command", "job")), 6);

        WriteProcess(12, "job", 150, 0, 1, 500, 1);
        Assert.Equal(1.5, (await scraped.PageAsync()).Value("pod_process_cpu_seconds_total", ("command", "job")), 6);
        WriteProcess(12, "job", 20, 0, 1, 900, 1);
        Assert.Equal(1.7, (await scraped.PageAsync()).Value("pod_process_cpu_seconds_total", ("command", "job")), 6);
        Directory.Delete(_folder["proc/12"], recursive: true);

        var page = await scraped.PageAsync();
        Assert.Equal(1.7, page.Value("pod_process_cpu_seconds_total", ("command", "job")), 6);
        Assert.Equal(0, page.Value("pod_processes", ("command", "job")));
    }

    [Fact]
    public void Read_ManyCommands_BoundedAndTheRestIsOther()
    {
        for (var i = 0; i < 150; i++)
        {
            WriteProcess(i + 1, $"command{i}", 1, 0, 1, 1, 1);
        }

        var commands = new ProcessReader(_folder["proc"], "other").Read();

        Assert.Equal(101, commands.Count);
        Assert.Equal(50, commands.Single(command => command.Command == "other").Processes);
    }

    [Fact]
    public async Task Scrape_ThisMachine_KernelsOwnFilesAreUnderstood()
    {
        await using var scraped = await Scraped.StartAsync($$"""{ "pod": { "processes": true, "volumes": { "root": "/", "gone": "{{_folder["gone"]}}" } } }""");

        var text = await scraped.TextAsync();

        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        var page = MetricsText.Parse(text);
        Assert.True(page.Value("cgroup_cpu_usage_seconds_total") > 0);
        Assert.True(page.Value("cgroup_memory_usage_bytes") > 0);
        Assert.True(page.Sum("pod_processes") > 0);
        Assert.True(page.Sum("pod_process_resident_bytes") > 0);
        Assert.True(page.Value("pod_volume_size_bytes", ("volume", "root")) > 0);
        Assert.Null(page.Find("pod_volume_size_bytes", ("volume", "gone")));
        Assert.Equal(1, await scraped.ErrorsAsync("pod", "read"));
        Assert.Equal(0, (await scraped.OwnAsync()).Value("sidecars_adapter_page_up", ("input", "pod")));
    }

    [Fact]
    public async Task Scrape_NoCgroup_MissingAndTheRestStands()
    {
        _folder.Write("proc/self/net/dev", NetworkFile);
        await using var scraped = await Scraped.StartAsync($$"""{ "pod": { "cgroup": "{{_folder["gone"]}}", "proc": "{{_folder["proc"]}}" } }""");

        Assert.Equal(60, (await scraped.PageAsync()).Value("pod_network_transmit_packets_total", ("interface", "eth0")));
        Assert.Equal(1, await scraped.ErrorsAsync("pod", "missing"));
    }

    [Theory]
    [InlineData("""{ "pod": { "cgroup": "cgroup" } }""", "pod.cgroup: an absolute path")]
    [InlineData("""{ "pod": { "volumes": { "a": "b" } } }""", "pod.volumes.a: an absolute path")]
    [InlineData("""{ "pod": {}, "inputs": { "a": { "tail": "/x", "format": "$v", "metrics": [ { "counter": "cgroup_cpu_usage_seconds_total" } ] } } }""", "in pod; one name has one type")]
    public void Validate_Mistake_Remedy(string json, string message) => Assert.Contains(message, RulesTests.Problems(json), StringComparison.Ordinal);

    private void WriteProcess(int number, string command, int user, int system, int threads, int started, int pages)
    {
        // fields 3 to 24 of proc(5)
        var fields = $"S 1 1 1 0 -1 0 0 0 0 0 {user} {system} 0 0 20 0 {threads} 0 {started} 4096 {pages}";
        _folder.Write($"proc/{number}/stat", $"{number} ({command}) {fields} 1 2 3\n");
    }
}
