using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Exposition;

public class OpenMetricsTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static readonly string[] OwnPrefixes = ["sidecars_", "process_", "dotnet_"];

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250));

    [Fact]
    public async Task Write_AllKinds_WholeTextAndStrictParserIsContent()
    {
        var plan = RulesTests.Compile(
            """
            { "inputs": { "a": { "tail": "/x", "format": "$m $t $id", "metrics": [
              { "counter": "jobs_total", "labels": ["m"], "help": "Jobs \"done\".", "exemplar": { "trace_id": "id" } },
              { "histogram": "took_seconds", "value": "t", "labels": ["m"], "buckets": [1, 2.5], "exemplar": { "trace_id": "id" }, "help": "Time." },
              { "gauge": "last_bytes", "value": "t", "unit": "bytes", "help": "Last." },
              { "untyped": "old", "value": "t", "help": "Old." } ] } } }
            """,
            _time);
        Apply(plan, $"GET 0.5 {Trace}");
        _time.Advance(TimeSpan.FromSeconds(1));
        Apply(plan, "GET 2 -", "PUT 9 " + new string('x', 200));

        var text = Text(plan.LogSeries, MetricsFormat.OpenMetrics);

        Assert.Equal(
            $$"""
            # HELP jobs Jobs \"done\".
            # TYPE jobs counter
            jobs_total{m="GET"} 2 # {trace_id="{{Trace}}"} 1 1700000000.25
            jobs_created{m="GET"} 1700000000.25
            jobs_total{m="PUT"} 1
            jobs_created{m="PUT"} 1700000001.25
            # HELP took_seconds Time.
            # TYPE took_seconds histogram
            # UNIT took_seconds seconds
            took_seconds_bucket{m="GET",le="1.0"} 1 # {trace_id="{{Trace}}"} 0.5 1700000000.25
            took_seconds_bucket{m="GET",le="2.5"} 2
            took_seconds_bucket{m="GET",le="+Inf"} 2
            took_seconds_sum{m="GET"} 2.5
            took_seconds_count{m="GET"} 2
            took_seconds_created{m="GET"} 1700000000.25
            took_seconds_bucket{m="PUT",le="1.0"} 0
            took_seconds_bucket{m="PUT",le="2.5"} 0
            took_seconds_bucket{m="PUT",le="+Inf"} 1
            took_seconds_sum{m="PUT"} 9
            took_seconds_count{m="PUT"} 1
            took_seconds_created{m="PUT"} 1700000001.25
            # HELP last_bytes Last.
            # TYPE last_bytes gauge
            # UNIT last_bytes bytes
            last_bytes 9
            # HELP old Old.
            # TYPE old unknown
            old 9

            """,
            text);
        var samples = await OpenMetricsParser.ParseAsync(text + "# EOF\n");
        Assert.Contains("counter  jobs_total {'m': 'GET'} 2.0  # {'trace_id': '4bf92f3577b34da6a3ce929d0e0e4736'} 1.0", samples);
        Assert.Equal(18, samples.Count);
    }

    [Fact]
    public void Write_CreatedOff_NoCreatedSeries()
    {
        var plan = RulesTests.Compile("""{ "inputs": { "a": { "tail": "/x", "format": "$m", "metrics": [ { "counter": "jobs_total" } ] } }, "exposition": { "created": false } }""", _time);
        Apply(plan, "x");
        using var buffer = new ExpositionBuffer();
        plan.LogSeries.Write(buffer, MetricsFormat.OpenMetrics, plan.WithCreated);

        Assert.DoesNotContain("_created", Encoding.UTF8.GetString(buffer.Written), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "counter": "x_total" }, { "gauge": "x", "value": "v" }""", "x and x_total")]
    [InlineData("""{ "counter": "x_total" }, { "untyped": "x_created", "value": "v" }""", "x_created and x_total")]
    [InlineData("""{ "histogram": "x", "value": "v" }, { "counter": "x_total" }""", "x_total and x")]
    [InlineData("""{ "gauge": "x", "value": "v", "unit": "bytes" }""", "call it x_bytes")]
    [InlineData("""{ "counter": "x_total", "value": "v", "unit": "rows" }""", "call it x_rows_total")]
    [InlineData("""{ "gauge": "x", "value": "v", "exemplar": "v" }""", "only counters and histograms")]
    [InlineData("""{ "counter": "x_total", "exemplar": { "trace_id": "trace" } }""", "has no trace")]
    public void Validate_WhatOpenMetricsForbids_IsTold(string metrics, string problem) =>
        Assert.Contains(problem, RulesTests.Problems($$"""{ "inputs": { "a": { "tail": "/x", "format": "$v", "metrics": [ {{metrics}} ] } } }"""), StringComparison.Ordinal);

    [Fact]
    public async Task Process_OpenMetricsAndZipped_StrictParserReadsTheWholePage()
    {
        using var folder = new TempFolder();
        await using var adapter = await AdapterProcessTests.StartAsync(folder.Write("access.log", "GET 200\n"), "$request_method $status");
        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("nginx_http_requests_total") == 1, TimeSpan.FromSeconds(60));
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.GZip });
        client.DefaultRequestHeaders.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0"));

        var text = await client.GetStringAsync(new Uri(adapter.AdminUrl, "metrics"));

        var samples = await OpenMetricsParser.ParseAsync(text);
        Assert.Contains("counter  nginx_http_requests_total {'method': 'GET', 'status': '200'} 1.0", samples);
        Assert.Contains(samples, sample => sample.Contains("nginx_http_requests_created", StringComparison.Ordinal));
        Assert.Contains("counter  sidecars_adapter_lines_total {'input': 'nginx-access-log'} 1.0", samples);
    }

    [Fact]
    public async Task Process_OwnFamilies_BearNamesThatRulesCannotHave()
    {
        using var folder = new TempFolder();
        await using var adapter = await AdapterProcessTests.StartAsync(folder["none.log"], "$status");

        var page = await adapter.MetricsAsync();

        Assert.All(page.Types.Keys, family => Assert.Contains(OwnPrefixes, prefix => family.StartsWith(prefix, StringComparison.Ordinal)));
    }

    private static void Apply(AdapterPlan plan, params string[] lines)
    {
        var unreadable = 0L;
        foreach (var line in lines)
        {
            Assert.True(plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch);
        }
    }

    private static string Text(SeriesStore store, MetricsFormat format)
    {
        using var buffer = new ExpositionBuffer();
        store.Write(buffer, format);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
