using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Prometheus;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Metrics;

public class MetricsPageTests
{
    [Theory]
    [InlineData("", "Text")]
    [InlineData("text/plain", "Text")]
    [InlineData("*/*", "Text")]
    [InlineData("application/json", "Text")]
    [InlineData("nonsense;;;", "Text")]
    [InlineData("application/openmetrics-text", "OpenMetrics")]
    [InlineData("application/openmetrics-text; version=0.0.1; charset=utf-8, text/plain;q=0.5", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=2.0.0, text/plain;q=0.5", "Text")]
    [InlineData("application/openmetrics-text;q=0.2, text/plain;q=0.5", "Text")]
    [InlineData("application/openmetrics-text;q=0, */*;q=0.1", "Text")]
    [InlineData("application/openmetrics-text;q=0.5, text/plain;version=1.0.0", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "OpenMetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5", "OpenMetrics")]
    public void Format_Accept_TheBestThatIsOffered(string accept, string expected) =>
        Assert.Equal(expected, MetricsNegotiation.Format(accept.Length == 0 ? null : [accept]).ToString());

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, GZIP;q=0.2", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("br", false)]
    [InlineData("", false)]
    public void AcceptsGzip_AcceptEncoding_AsItSays(string accept, bool expected) => Assert.Equal(expected, MetricsNegotiation.AcceptsGzip([accept]));

    [Theory]
    [InlineData("10", 10.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("-1", null)]
    [InlineData("1e400", null)]
    [InlineData("soon", null)]
    [InlineData("99999", null)]
    public void Read_ScrapeTimeout_OnlyWhereItMakesSense(string header, double? seconds)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["X-Prometheus-Scrape-Timeout-Seconds"] = header;

        Assert.Equal(seconds, MetricsNegotiation.Read(context.Request).Timeout?.TotalSeconds);
    }

    [Fact]
    public async Task Answer_OpenMetricsZipped_StrictParserReadsOwnAndAddedFamilies()
    {
        var page = Page();
        page.Add(async (output, request, _) =>
        {
            Assert.Equal(MetricsFormat.OpenMetrics, request.Format);
            await output.WriteAsync("# TYPE added gauge\nadded 1\n"u8.ToArray(), CancellationToken.None);
        });
        var (context, body) = await AnswerAsync(page, "application/openmetrics-text", "gzip");

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", context.Response.ContentType);
        Assert.Equal("gzip", context.Response.Headers.ContentEncoding);
        using var plain = new StreamReader(new GZipStream(body, CompressionMode.Decompress));
        var text = await plain.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        var samples = await OpenMetricsParser.ParseAsync(text);
        Assert.Contains("gauge  added {} 1.0", samples);
        Assert.Contains(samples, sample => sample.StartsWith("counter  process_cpu_seconds_total {} ", StringComparison.Ordinal));
        Assert.Contains("histogram  sidecars_took_seconds_bucket {'le': '1.0'} 1.0", samples);
    }

    [Fact]
    public async Task Answer_PlainText_NotZippedAndPromtoolIsContent()
    {
        var (context, body) = await AnswerAsync(Page(), "", "");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", context.Response.ContentType);
        Assert.Equal("", context.Response.Headers.ContentEncoding.ToString());
        var text = Encoding.UTF8.GetString(body.ToArray());
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        Assert.Equal(1, MetricsText.Parse(text).Value("sidecars_took_seconds_count"));
    }

    private static MetricsPage Page()
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        ProcessMetrics.Register(registry, factory, "tested");
        factory.CreateHistogram("sidecars_took_seconds", "Help with \"quotes\".", new HistogramConfiguration { Buckets = [1, 2] }).Observe(0.5);
        return new MetricsPage(registry);
    }

    private static async Task<(HttpContext Context, MemoryStream Body)> AnswerAsync(MetricsPage page, string accept, string encoding)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Response.Body = body;
        context.Request.Headers.Accept = accept;
        context.Request.Headers.AcceptEncoding = encoding;
        await page.AnswerAsync(context);
        body.Position = 0;
        return (context, body);
    }
}
