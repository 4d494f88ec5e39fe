using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

/// <summary>Following logs over reloads, up to the drain.</summary>
public sealed class LogSourceTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly HurriedTime _time = new();
    private readonly SourceSet _sources;

    public LogSourceTests() => _sources = new SourceSet(new SourceMetrics(Metrics.WithCustomRegistry(_registry)), _time, NullLoggerFactory.Instance);

    [Theory]
    [InlineData("renamed", "a.log")]
    [InlineData("app", "a*.log")]
    [InlineData("other", "a*.log")]
    public async Task Reload_InputIsWrittenDifferently_NoLineIsCountedTwice(string name, string tail)
    {
        var log = _folder.Write("a.log", "GET\nGET\n");
        await _sources.ApplyAsync(Plan(Input("app", "a.log", "beginning")));
        await Eventually.True(async () => await CountAsync() == 2);

        await _sources.ApplyAsync(Plan(Input(name, tail, "beginning")));
        await File.AppendAllTextAsync(log, "GET\n");

        await Eventually.True(async () => await CountAsync() >= 3);
        await _sources.DrainAsync(CancellationToken.None);
        Assert.Equal(3, await CountAsync());
        Assert.Equal(name == "app", (await OwnAsync()).Find("sidecars_adapter_lines_total", ("input", "app")) is not null);
        Assert.NotNull((await OwnAsync()).Find("sidecars_adapter_lines_total", ("input", name)));
    }

    [Fact]
    public async Task Reload_FromEndToBeginning_NoLineIsCountedTwice()
    {
        var log = _folder.Write("a.log", "GET\nGET\n");
        await _sources.ApplyAsync(Plan(Input("app", "a.log", "end")));
        await Eventually.True(async () =>
        {
            await File.AppendAllTextAsync(log, "GET\n");
            return await CountAsync() > 0;
        });

        await _sources.ApplyAsync(Plan(Input("app", "a.log", "beginning")));
        await _sources.DrainAsync(CancellationToken.None);

        Assert.Equal((await File.ReadAllLinesAsync(log)).Length, await CountAsync());
    }

    [Fact]
    public async Task Reload_AnotherFollowedLogFeedsTheMetric_NoLineIsCountedTwice()
    {
        _folder.Write("a.log", "GET\nGET\n");
        await _sources.ApplyAsync(Plan(Input("one", "a.log", "beginning"), Input("two", "*.log", "beginning", "b_total")));
        await Eventually.True(async () => await CountAsync() == 2 && await CountAsync("b_total") == 2);

        await _sources.ApplyAsync(Plan(Input("one", "a.log", "beginning", "b_total"), Input("two", "*.log", "beginning")));
        _folder.Write("b.log", "GET\n");
        await _sources.DrainAsync(CancellationToken.None);

        Assert.Equal(1, await CountAsync());
        Assert.Equal(0, await CountAsync("b_total"));
    }

    [Fact]
    public async Task Drain_WriterIsStillActive_ItsLinesAreReadWhole()
    {
        var log = _folder.Write("a.log", "GE");
        await _sources.ApplyAsync(Plan(Input("app", "a.log", "beginning")));
        await Eventually.True(async () => (await OwnAsync()).Find("sidecars_adapter_log_pending_bytes", ("input", "app")) == 2);

        var drained = _sources.DrainAsync(CancellationToken.None);
        await File.AppendAllTextAsync(log, "T\nGET\nPU");
        await File.AppendAllTextAsync(log, "T");
        await drained;

        Assert.Equal(3, await CountAsync());
        var page = await PageAsync();
        Assert.Equal(2, page.Value("a_total", ("method", "GET")));
        Assert.Equal(1, page.Value("a_total", ("method", "PUT")));
    }

    [Fact]
    public async Task Drain_Deadline_LastLineIsTakenAllTheSame()
    {
        _folder.Write("a.log", "GET\nPUT");
        await _sources.ApplyAsync(Plan(Input("app", "a.log", "beginning")));
        await Eventually.True(async () => await CountAsync() == 1);
        using var deadline = new CancellationTokenSource();

        var drained = _sources.DrainAsync(deadline.Token);
        await deadline.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drained);
        Assert.Equal(1, (await PageAsync()).Value("a_total", ("method", "PUT")));
    }

    [Fact]
    public async Task Truncation_AfterARotatedFileWasReleased_StillCounts()
    {
        _folder.Write("a.log", "half");
        await _sources.ApplyAsync(Plan(Input("app", "*.log", "beginning")));
        await TruncateAsync("a.log", 4, 4);
        File.Delete(_folder["a.log"]);
        await Eventually.True(() =>
        {
            _time.Hurry(TimeSpan.FromMinutes(1));
            return !OpenFiles().Any(file => file.StartsWith(_folder["a.log"], StringComparison.Ordinal));
        });

        _folder.Write("b.log", "new");

        await TruncateAsync("b.log", 3, 7);
    }

    public async ValueTask DisposeAsync()
    {
        await _sources.DisposeAsync();
        _folder.Dispose();
    }

    private static IEnumerable<string> OpenFiles() =>
        Directory.EnumerateFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "");

    private static AdapterPlan Plan(params string[] inputs) => RulesTests.Compile($$"""{ "inputs": { {{string.Join(',', inputs)}} } }""");

    private string Input(string name, string tail, string from, string metric = "a_total") =>
        $$"""
        "{{name}}": { "tail": "{{_folder[tail]}}", "from": "{{from}}", "format": "$method", "metrics": [{ "counter": "{{metric}}", "labels": ["method"] }] }
        """;

    private async Task TruncateAsync(string name, int pending, int expected)
    {
        await Eventually.True(async () => (await OwnAsync()).Find("sidecars_adapter_log_pending_bytes", ("input", "app")) == pending, TimeSpan.FromSeconds(30));
        await using (var stream = new FileStream(_folder[name], FileMode.Open))
        {
            stream.SetLength(0);
        }

        await Eventually.True(async () => (await OwnAsync()).Find("sidecars_adapter_log_truncated_bytes_total", ("input", "app")) == expected);
    }

    private async Task<double> CountAsync(string metric = "a_total") => (await PageAsync()).Sum(metric);

    private async Task<MetricsText> PageAsync()
    {
        using var page = new MemoryStream();
        await _sources.WriteAsync(page, new MetricsRequest(), CancellationToken.None);
        return MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }

    private async Task<MetricsText> OwnAsync()
    {
        await PageAsync();
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page);
        return MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }

    /// <summary>The system's clock, which can be put forward.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private long _ahead;

        public void Hurry(TimeSpan by) => Interlocked.Add(ref _ahead, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + GetElapsedTime(0, Interlocked.Read(ref _ahead));
    }
}
