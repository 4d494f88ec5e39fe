using System.Text;
using Sidecars.Adapter.Explaining;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Extraction;

/// <summary>Logs taken apart by a parser instead of a format.</summary>
public class ParseTests
{
    private const string Metrics = """
        [ { "counter": "lines_total", "labels": ["level", { "c": "customer.country" }] }, { "histogram": "took_seconds", "value": "took", "buckets": [1] }, { "gauge": "ok", "value": "ok" } ]
        """;

    [Theory]
    [InlineData("json", """{"level":"a\"b\u00e9","customer":{"country":"NO"},"took":0.5,"ok":true}""", "a\\\"bé", "NO")]
    [InlineData("logfmt", "level=\"a\\\"bé\" customer.country=NO took=0.5 ok=true", "a\\\"bé", "NO")]
    [InlineData("auto", "level=x took=0.5 ok=true", "x", "")]
    [InlineData("json", """{"level":null,"took":0.5,"ok":true}""", "", "")]
    public void Parse_Line_FieldsAreValuesAndLabels(string parse, string line, string level, string country)
    {
        var plan = Compile(parse, Metrics);
        var unreadable = 0L;

        Assert.True(plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch);
        Assert.Equal(0, unreadable);
        var page = Page(plan);
        Assert.Contains($"lines_total{{level=\"{level}\",c=\"{country}\"}} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("took_seconds_bucket{le=\"1\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("ok 1\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LinesOfApache_RequestIsCutAndEscapesAreTakenBack()
    {
        var plan = Compile("LogFormat \\\"%h \\\\\\\"%r\\\\\\\" %>s\\\" x", """[ { "counter": "lines_total", "labels": ["method", "uri", "status"] } ]""");
        var unreadable = 0L;

        Assert.True(plan.Logs[0].Rules.Apply("10.0.0.1 \"GET /\\\"a HTTP/1.1\" 200"u8, ref unreadable).IsMatch);
        Assert.Contains("lines_total{method=\"GET\",uri=\"/\\\"a\",status=\"200\"} 1\n", Page(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SteadyState_AllocatesNothing()
    {
        var plan = Compile("json", Metrics);
        var line = Encoding.UTF8.GetBytes("""{"level":"a\"b","customer":{"country":"NO"},"took":0.5,"ok":true}""");
        Apply(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Apply(10_000);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);

        void Apply(int times)
        {
            var unreadable = 0L;
            for (var i = 0; i < times; i++)
            {
                plan.Logs[0].Rules.Apply(line, ref unreadable);
            }
        }
    }

    [Theory]
    [InlineData(""" "parse": "jsn" """, "inputs.a.parse: 'jsn' is not a known format")]
    [InlineData(""" "parse": "csv" """, "inputs.a.parse: csv needs the names of the columns")]
    [InlineData(""" "parse": "csv", "columns": ["v"], "delimiter": ";;" """, "inputs.a.parse: the delimiter of csv must be one ASCII character")]
    [InlineData(""" "parse": "regex: (?<v>x)(?=y)" """, "inputs.a.parse: the regex cannot run without backtracking")]
    [InlineData(""" "parse": "regex: (?<w>x)" """, "inputs.a.metrics[0].labels[0]: the format has no v; its fields: w")]
    [InlineData(""" "parse": "json", "format": "$v" """, "a text has one form; it is format already")]
    [InlineData(""" "parse": "common" """, "inputs.a.metrics[0].labels[0]: the format has no v; its fields: remote_addr")]
    public void Validate_MistakenParse_KeyPathAndRemedy(string parse, string expected) => Assert.Contains(
        expected,
        RulesTests.Problems($$"""{ "inputs": { "a": { "tail": "/x", {{parse}}, "metrics": [ { "counter": "v_total", "labels": ["v"] } ] } } }"""),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(""" "parse": "regex: (?<v>x)(?=y)", "unsafe": true """)]
    [InlineData(""" "parse": "csv", "columns": ["v"], "delimiter": ";" """)]
    [InlineData(""" "parse": "json" """)]
    public void Validate_GoodParse_NoProblem(string parse) => Assert.Empty(
        RulesTests.Problems($$"""{ "inputs": { "a": { "tail": "/x", {{parse}}, "metrics": [ { "counter": "v_total", "labels": ["v"] } ] } } }"""));

    [Fact]
    public void Validate_PageThatIsParsed_SaysWhatPagesHave() => Assert.Contains(
        "inputs.a.parse: only a log's lines are parsed; a page has format, json, xml, key_value, ini or csv",
        RulesTests.Problems("""{ "inputs": { "a": { "http": "http://x/", "parse": "json", "metrics": [ { "gauge": "v", "value": "v" } ] } } }"""),
        StringComparison.Ordinal);

    [Fact]
    public async Task Explain_Lines_AllFieldsAndReasons()
    {
        var plan = Compile("json", """[ { "counter": "lines_total", "labels": ["level"] } ]""");
        using var output = new StringWriter { NewLine = "\n" };

        await new Explainer(output).ExplainLinesAsync(
            [("app", plan.Logs[0].Rules)], new MemoryStream("{\"level\":\"info\",\"a\":{\"b\":1}}\nbroken\n"u8.ToArray()), CancellationToken.None);

        Assert.StartsWith(
            """
            line 1: app
              level = info
              a.b = 1
              -> lines_total{level="info"} +1
            line 2: no match
              app: at byte 0:
            """,
            output.ToString().ReplaceLineEndings("\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunningAdapter_RegexMeetsAHostileLine_DemotedOnceAndCountsGoOn()
    {
        using var folder = new TempFolder();
        var log = folder.Write("a.log", "aaa\n" + new string('a', 60) + "!\n" + new string('a', 60) + "!\naaa\n");
        var configuration = folder.Write(
            "adapter.yaml",
            $$"""
            inputs:
              hostile:
                tail: {{log}}
                parse: 'regex: ^(?<all>(a+)+)$'
                metrics: [{ counter: hostile_total, labels: [all] }]
              orders:
                tail: {{folder.Write("b.log", "{\"customer\":{\"country\":\"NO\"}}\nbroken\n")}}
                parse: json
                metrics: [{ counter: orders_total, labels: [{ country: customer.country }] }]
            """);
        var port = FreePort.Next();
        await using var adapter = SidecarProcess.Start("adapter", port, ["--admin", $"127.0.0.1:{port}", "--config", configuration]);
        await adapter.WaitReadyAsync();

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("hostile_total") == 2);
        await File.AppendAllTextAsync(log, "aaa\n");
        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("hostile_total") == 3);
        var page = await adapter.MetricsAsync();
        Assert.Equal(1, page.Value("sidecars_adapter_rules_demoted_total", ("input", "hostile")));
        Assert.Equal(2, page.Value("sidecars_adapter_lines_unparsed_total", ("input", "hostile")));
        Assert.Equal(0, page.Value("sidecars_adapter_rules_demoted_total", ("input", "orders")));
        await Eventually.True(async () => (await adapter.MetricsAsync()).Find("sidecars_adapter_lines_unparsed_total", ("input", "orders")) == 1);
        Assert.Equal(1, (await adapter.MetricsAsync()).Value("orders_total", ("country", "NO")));
        Assert.Equal(0, await adapter.TerminateAsync());
    }

    private static Adapter.Rules.AdapterPlan Compile(string parse, string metrics) =>
        RulesTests.Compile($$"""{ "inputs": { "app": { "tail": "/x", "parse": "{{parse}}", "metrics": {{metrics}} } } }""");

    private static string Page(Adapter.Rules.AdapterPlan plan) => RulesTests.RawText(plan.LogSeries);
}
