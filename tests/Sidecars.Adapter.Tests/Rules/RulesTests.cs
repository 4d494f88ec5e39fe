using System.Text;
using System.Text.Json;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Rules;

/// <summary>From a configuration and lines to the series.</summary>
public class RulesTests
{
    private const string Time = "24/Nov/2026:03:05:00 +0000";

    [Fact]
    public void NginxPreset_CombinedLines_RequestsAndBytes()
    {
        var (page, unparsed, _) = Run(
            "{}",
            $"1.2.3.4 - - [{Time}] \"GET / HTTP/1.1\" 200 10 \"-\" \"x\"",
            $"1.2.3.4 - - [{Time}] \"GET / HTTP/1.1\" 200 20 \"-\" \"x\"",
            $"1.2.3.4 - - [{Time}] \"BREW / HTTP/1.1\" 405 5 \"-\" \"x\"",
            $"1.2.3.4 - - [{Time}] \"\\x16\\x03\" 400 0 \"-\" \"-\"",
            "nonsense",
            "");

        Assert.Equal(2, page.Value("nginx_http_requests_total", ("method", "GET"), ("status", "200")));
        Assert.Equal(1, page.Value("nginx_http_requests_total", ("method", "other"), ("status", "405")));
        Assert.Equal(1, page.Value("nginx_http_requests_total", ("method", "other"), ("status", "400")));
        Assert.Equal(35, page.Value("nginx_http_response_bytes_total"));
        Assert.False(page.Types.ContainsKey("nginx_http_request_duration_seconds"));
        Assert.Equal(2, unparsed);
    }

    [Fact]
    public void NginxPreset_FormatWithTimes_Histograms()
    {
        var (page, _, unreadable) = Run(
            """{ "nginx": { "log_format": "$request_method $status $request_time $upstream_response_time" } }""",
            "GET 200 0.004 0.001, 0.002",
            "GET 200 0.700 -",
            "GET 500 bad 0.1 : x");

        Assert.Equal(1, page.Value("nginx_http_request_duration_seconds_bucket", ("status", "200"), ("le", "0.005")));
        Assert.Equal(2, page.Value("nginx_http_request_duration_seconds_count", ("status", "200")));
        Assert.Equal(0.003, page.Value("nginx_http_upstream_duration_seconds_sum"), 9);
        Assert.Equal(1, page.Value("nginx_http_upstream_duration_seconds_count"));
        Assert.Equal(3, page.Sum("nginx_http_requests_total"));
        Assert.Equal(2, unreadable);
    }

    [Fact]
    public void OwnInput_GrammarOfTheRules_Series()
    {
        var (page, _, unreadable) = Run(
            """
            { "inputs": { "app": { "tail": "/x.log", "format": "$level $queue depth=$depth took=$ms", "metrics": [
                { "counter": "lines_total", "labels": ["level", { "q": "queue" }], "allow": { "level": ["INFO", "WARN"] } },
                { "counter": "work_total", "value": "ms" },
                { "gauge": "queue_depth", "value": "depth", "labels": [{ "queue": "queue" }] },
                { "untyped": "last_took", "value": "ms" },
                { "histogram": "took_seconds", "value": "ms", "buckets": [1, 10] } ] } } }
            """,
            "INFO a depth=3 took=5",
            "DEBUG a depth=2 took=-",
            "WARN b depth=-1 took=-4",
            "WARN b depth=many took=0.5");

        Assert.Equal(1, page.Value("lines_total", ("level", "INFO"), ("q", "a")));
        Assert.Equal(1, page.Value("lines_total", ("level", "other"), ("q", "a")));
        Assert.Equal(2, page.Value("lines_total", ("level", "WARN"), ("q", "b")));
        Assert.Equal(5.5, page.Value("work_total"));
        Assert.Equal(2, page.Value("queue_depth", ("queue", "a")));
        Assert.Equal(-1, page.Value("queue_depth", ("queue", "b")));
        Assert.Equal(0.5, page.Value("last_took"));
        Assert.Equal(2, page.Value("took_seconds_bucket", ("le", "1")));
        Assert.Equal(2, unreadable); // a counter cannot go down; "many" is no number
        Assert.False(page.Types.ContainsKey("nginx_up"));
    }

    [Fact]
    public void HostileLabelValues_TheSeriesTheyMean()
    {
        var (page, _, _) = Run(
            """{ "inputs": { "a": { "tail": "/x", "format": "\"$agent\"", "metrics": [ { "counter": "agents_total", "labels": ["agent"] } ] } }, "limits": { "label_bytes": 16 } }""",
            "\"\\x22\"",
            "\"\\x5Cx22\"",
            "\"\\x5Cx22\"",
            "\"0123456789abcdefX\"",
            "\"0123456789abcdefY\"");

        Assert.Equal(1, page.Value("agents_total", ("agent", "\"")));
        Assert.Equal(2, page.Value("agents_total", ("agent", "\\x22")));
        Assert.Equal(2, page.Value("agents_total", ("agent", "0123456789abcdef")));
    }

    [Fact]
    public void Apply_KnownSeries_AllocatesNothing()
    {
        var rules = Compile("""{ "nginx": { "log_format": "combined" } }""").Logs[0].Rules;
        var line = Encoding.UTF8.GetBytes($"1.2.3.4 - - [{Time}] \"GET / HTTP/1.1\" 200 10 \"-\" \"x\"");
        var unreadable = 0L;
        rules.Apply(line, ref unreadable);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                rules.Apply(line, ref unreadable);
            }
        }));
    }

    [Fact]
    public void LabelBomb_AMillionValues_SeriesStayWithinTheLimit()
    {
        var plan = Compile("""{ "inputs": { "a": { "tail": "/x", "format": "$v", "metrics": [ { "counter": "v_total", "labels": ["v"] } ] } }, "limits": { "per_metric": 50 } }""");
        var line = new byte[8];
        var unreadable = 0L;
        for (var i = 0; i < 1_000_000; i++)
        {
            i.TryFormat(line, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
            plan.Logs[0].Rules.Apply(line.AsSpan(0, written), ref unreadable);
        }

        var page = Text(plan.LogSeries);
        Assert.Equal(51, page.Samples.Count);
        Assert.Equal(999_950, page.Value("v_total", ("v", "other")));
    }

    internal static AdapterPlan Compile(string json, TimeProvider? time = null) => PlanCompiler.Compile(Options(json), time ?? TimeProvider.System);

    /// <summary>All mistakes in a configuration, one a line.</summary>
    internal static string Problems(string json)
    {
        var problems = new ProblemList();
        AdapterValidation.Validate(Options(json), problems);
        return string.Join('\n', problems.Problems.Select(problem => problem.ToString()));
    }

    private static AdapterOptions Options(string json) => JsonSerializer.Deserialize(json, AdapterOptionsContext.Default.AdapterOptions)!;

    internal static MetricsText Text(SeriesStore store) => MetricsText.Parse(RawText(store));

    internal static string RawText(SeriesStore store)
    {
        using var buffer = new ExpositionBuffer();
        store.Write(buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static (MetricsText Page, int Unparsed, long Unreadable) Run(string json, params string[] lines)
    {
        var plan = Compile(json);
        var unreadable = 0L;
        var unparsed = lines.Count(line => !plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch);
        return (Text(plan.LogSeries), unparsed, unreadable);
    }
}
