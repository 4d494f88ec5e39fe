using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using Sidecars.Adapter.Merging;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Merging;

public sealed class TextFilesTests : IDisposable
{
    private const string Backup = "# HELP backup_last_seconds When.\n# TYPE backup_last_seconds gauge\nbackup_last_seconds{host=\"a\"} 5\n";

    private readonly TempFolder _folder = new();
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Scrape_SeveralFiles_AllArePartOfThePageWithTheirTimes()
    {
        Write("a.prom", Backup);
        Write("b.prom", "# TYPE backup_last_seconds gauge\nbackup_last_seconds{host=\"b\"} 6\n# HELP rows Rows.\nrows 7\n");
        Write("c.txt", "left_out 1\n");
        using var merged = Start();

        var text = await TextAsync(merged);

        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        var page = MetricsText.Parse(text);
        Assert.Equal(5, page.Value("backup_last_seconds", ("host", "a")));
        Assert.Equal(6, page.Value("backup_last_seconds", ("host", "b")));
        Assert.Equal(7, page.Value("rows"));
        Assert.Null(page.Find("left_out"));
        var own = await OwnAsync();
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), own.Value("sidecars_adapter_textfile_mtime_seconds", ("input", "jobs"), ("file", _folder["a.prom"])));
        Assert.Equal(1, own.Value("sidecars_adapter_page_up", ("input", "jobs")));
    }

    [Theory]
    [InlineData("rows 7\nrows_half{na", "unparsed")]
    [InlineData("rows 7 1700000000000\n", "unparsed")]
    [InlineData("rows seven\n", "unparsed")]
    public async Task Scrape_OneFileIsBroken_OnlyThatOneIsLeftOut(string broken, string reason)
    {
        Write("a.prom", Backup);
        Write("b.prom", broken);
        using var merged = Start();

        var page = MetricsText.Parse(await TextAsync(merged));

        Assert.Equal(5, page.Value("backup_last_seconds", ("host", "a")));
        Assert.Null(page.Find("rows"));
        var own = await OwnAsync();
        Assert.Equal(1, own.Value("sidecars_adapter_source_errors_total", ("input", "jobs"), ("reason", reason)));
        Assert.Equal(0, own.Value("sidecars_adapter_page_up", ("input", "jobs")));
        Assert.NotNull(own.Find("sidecars_adapter_textfile_mtime_seconds", ("input", "jobs"), ("file", _folder["b.prom"])));
    }

    [Fact]
    public async Task Scrape_FileGrowsOld_LeftOutUntilItIsWrittenAgain()
    {
        Write("a.prom", Backup);
        using var merged = Start(", \"max_age\": \"1h\"");
        _time.Advance(TimeSpan.FromMinutes(61));
        Write("b.prom", "rows 7\n");

        var page = MetricsText.Parse(await TextAsync(merged));

        Assert.Null(page.Find("backup_last_seconds"));
        Assert.Equal(7, page.Value("rows"));
        Assert.Equal(1, (await OwnAsync()).Value("sidecars_adapter_source_errors_total", ("input", "jobs"), ("reason", "stale")));
        Write("a.prom", Backup);
        Assert.Equal(5, MetricsText.Parse(await TextAsync(merged)).Value("backup_last_seconds", ("host", "a")));
    }

    [Fact]
    public async Task Scrape_FileIsRemoved_ItsSeriesAndItsTimeAreGone()
    {
        Write("a.prom", Backup);
        using var merged = Start();
        await TextAsync(merged);
        File.Delete(_folder["a.prom"]);

        Assert.Equal("", await TextAsync(merged));

        Assert.Null((await OwnAsync()).Find("sidecars_adapter_textfile_mtime_seconds"));
    }

    private void Write(string name, string text) => File.SetLastWriteTimeUtc(_folder.Write(name, text), _time.GetUtcNow().UtcDateTime);

    private MergeSet Start(string more = "")
    {
        var factory = Metrics.WithCustomRegistry(_registry);
        var merged = new MergeSet(new SourceMetrics(factory), new MergeMetrics(factory), _registry, _time, NullLoggerFactory.Instance);
        var options = System.Text.Json.JsonSerializer.Deserialize(
            $$"""{ "prometheus": { "jobs": { "files": "{{_folder.Path}}/*.prom"{{more}} } } }""", AdapterOptionsContext.Default.AdapterOptions)!;
        merged.Apply(options, PlanCompiler.Compile(options, _time));
        return merged;
    }

    private static async Task<string> TextAsync(MergeSet merged)
    {
        using var page = new MemoryStream();
        await merged.WriteAsync(page, new MetricsRequest(), _ => false, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        return Encoding.UTF8.GetString(page.ToArray());
    }

    private async Task<MetricsText> OwnAsync()
    {
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page);
        return MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }
}
