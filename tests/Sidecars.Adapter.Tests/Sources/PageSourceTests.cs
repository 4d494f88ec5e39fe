using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Adapter.Sources;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

public class PageSourceTests
{
    private const string Good = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nActive connections: 3 \nserver accepts handled requests\n 10 9 22 \nReading: 0 Writing: 1 Waiting: 2 \n";

    [Fact]
    public async Task Scrape_GoodPage_Values()
    {
        using var server = new MisbehavingServer(Encoding.ASCII.GetBytes(Good));

        var page = await ScrapeAsync(server.Url);

        Assert.Equal(1, page.Value("nginx_up"));
        Assert.Equal(9, page.Value("nginx_connections_handled"));
        Assert.Equal("untyped", page.Types["nginx_connections_handled"]);
        Assert.Equal(22, page.Value("nginx_stub_status_requests_total"));
    }

    [Theory]
    [InlineData("HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n", false, "status")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /\r\nConnection: close\r\n\r\n", false, "status")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>nginx</html>", false, "unparsed")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", false, "unparsed")]
    [InlineData("not http at all\r\n\r\n", false, "protocol")]
    [InlineData("", false, "protocol")]
    [InlineData("", true, "timeout")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nActive", true, "too_large")]
    public async Task Scrape_BadPage_DownWithTheReasonAndTheRestOfThePageStands(string answer, bool forEver, string reason)
    {
        using var server = new MisbehavingServer(Encoding.ASCII.GetBytes(answer), forEver);
        var registry = Metrics.NewCustomRegistry();

        var page = await ScrapeAsync(server.Url, registry).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(0, page.Value("nginx_up"));
        Assert.Null(page.Find("nginx_connections_active"));
        var own = await OwnAsync(registry);
        Assert.Equal(1, own.Value("sidecars_adapter_source_errors_total", ("input", "nginx-status"), ("reason", reason)));
        Assert.Equal(0, own.Value("sidecars_adapter_page_up", ("input", "nginx-status")));
    }

    [Fact]
    public async Task Scrape_NobodyListens_Down()
    {
        var gone = new MisbehavingServer([]);
        var url = gone.Url;
        gone.Dispose();
        var registry = Metrics.NewCustomRegistry();

        Assert.Equal(0, (await ScrapeAsync(url, registry)).Value("nginx_up"));
        Assert.Equal(1, (await OwnAsync(registry)).Value("sidecars_adapter_source_errors_total", ("input", "nginx-status"), ("reason", "connect")));
    }

    [Fact]
    public async Task Scrape_ValueIsNoNumber_OnlyThatMetricIsMissing()
    {
        using var server = new MisbehavingServer(Encoding.ASCII.GetBytes(Good.Replace("Active connections: 3", "Active connections: many", StringComparison.Ordinal)));
        var registry = Metrics.NewCustomRegistry();

        var page = await ScrapeAsync(server.Url, registry);

        Assert.Equal(1, page.Value("nginx_up"));
        Assert.Null(page.Find("nginx_connections_active"));
        Assert.Equal(2, page.Value("nginx_connections_waiting"));
        Assert.Equal(1, (await OwnAsync(registry)).Value("sidecars_adapter_values_unreadable_total", ("input", "nginx-status")));
    }

    [Fact]
    public async Task Scrape_HungPageAndShortScrape_AnswersWithinTheScrapersTime()
    {
        using var hung = new MisbehavingServer([], forEver: true);
        var registry = Metrics.NewCustomRegistry();
        var metrics = new SourceMetrics(Metrics.WithCustomRegistry(registry));
        await using var sources = new SourceSet(metrics, TimeProvider.System, NullLoggerFactory.Instance);
        await sources.ApplyAsync(RulesTests.Compile($$"""{ "inputs": { "a": { "http": "{{hung.Url}}", "timeout": "10m", "json": "$", "up": "a_up" } } }"""));
        using var page = new MemoryStream();

        await sources.WriteAsync(page, new MetricsRequest(Timeout: TimeSpan.FromMilliseconds(500)), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(0, MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray())).Value("a_up"));
        Assert.Equal(1, (await OwnAsync(registry)).Value("sidecars_adapter_source_errors_total", ("input", "a"), ("reason", "timeout")));
    }

    [Theory]
    [InlineData(0.5, 0.4)]
    [InlineData(10, 9)]
    public void ScrapeDeadline_KeepsTimeForTheAnswer(double scraper, double sources) =>
        Assert.Equal(sources, ScrapeDeadline.Of(TimeSpan.FromSeconds(scraper))!.Value.TotalSeconds, 6);

    [Fact]
    public async Task Interval_ManyScrapes_ThePageIsAskedOnceEachInterval()
    {
        using var server = new MisbehavingServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"v\":4}"u8);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var metrics = new SourceMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        await using var sources = new SourceSet(metrics, time, NullLoggerFactory.Instance);
        await sources.ApplyAsync(RulesTests.Compile($$"""{ "inputs": { "a": { "http": "{{server.Url}}", "interval": "1m", "json": "$", "metrics": [ { "gauge": "v", "value": "v" } ] } } }"""));
        for (var i = 0; i < 3; i++)
        {
            using var page = new MemoryStream();
            await sources.WriteAsync(page, new MetricsRequest(), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(4, MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray())).Value("v"));
        }

        Assert.Equal(1, server.Connections);
        await Eventually.True(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                return server.Connections > 1;
            },
            TimeSpan.FromSeconds(60));
    }

    private static async Task<MetricsText> ScrapeAsync(string url, CollectorRegistry? registry = null)
    {
        var metrics = new SourceMetrics(Metrics.WithCustomRegistry(registry ?? Metrics.NewCustomRegistry()));
        await using var sources = new SourceSet(metrics, TimeProvider.System, NullLoggerFactory.Instance);
        await sources.ApplyAsync(RulesTests.Compile($$"""{ "nginx": { "status": "{{url}}", "access_log": "off" } }"""));
        using var page = new MemoryStream();
        await sources.WriteAsync(page, new MetricsRequest(), CancellationToken.None);
        return MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }

    private static async Task<MetricsText> OwnAsync(CollectorRegistry registry)
    {
        using var page = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(page);
        return MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }
}
