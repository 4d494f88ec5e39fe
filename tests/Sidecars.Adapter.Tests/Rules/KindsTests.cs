using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Adapter.State;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Rules;

/// <summary>Summaries, infos and state sets, and what all types have in common: expiry, limits, and life over a restart.</summary>
public class KindsTests
{
    private const string Inputs = """
        { "inputs": { "a": { "tail": "/x", "format": "$queue $took $version $state", "metrics": [
          { "summary": "took_seconds", "value": "took", "labels": ["queue"], "quantiles": [0, 0.5, 1], "max_age": "1m", "help": "Time." },
          { "info": "app_info", "labels": ["version"], "help": "What runs." },
          { "state_set": "app_state", "value": "state", "states": ["up", "going \"down\""], "labels": ["queue"], "help": "How it is." } ] } } }
        """;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    [Fact]
    public async Task Write_OpenMetrics_WholeTextAndStrictParserIsContent()
    {
        var plan = RulesTests.Compile(Inputs, _time);
        Apply(plan, "a 0 1.0 up", "a 0 1.1 up");

        var text = Text(plan, MetricsFormat.OpenMetrics);

        Assert.Equal(
            """
            # HELP took_seconds Time.
            # TYPE took_seconds summary
            # UNIT took_seconds seconds
            took_seconds{queue="a",quantile="0.0"} 0
            took_seconds{queue="a",quantile="0.5"} 0
            took_seconds{queue="a",quantile="1.0"} 0
            took_seconds_sum{queue="a"} 0
            took_seconds_count{queue="a"} 2
            took_seconds_created{queue="a"} 1700000000
            # HELP app What runs.
            # TYPE app info
            app_info{version="1.1"} 1
            # HELP app_state How it is.
            # TYPE app_state stateset
            app_state{queue="a",app_state="up"} 1
            app_state{queue="a",app_state="going \"down\""} 0

            """,
            text);
        Assert.Equal(9, (await OpenMetricsParser.ParseAsync(text + "# EOF\n")).Count);
    }

    [Fact]
    public void Write_TextFormat_InfoAndStatesAreGauges()
    {
        var plan = RulesTests.Compile(Inputs, _time);
        Apply(plan, "a 2 1.0 up");

        var page = RulesTests.Text(plan.LogSeries);

        Assert.Equal("summary", page.Types["took_seconds"]);
        Assert.Equal("gauge", page.Types["app_info"]);
        Assert.Equal("gauge", page.Types["app_state"]);
        Assert.Equal(1, page.Value("app_state", ("queue", "a"), ("app_state", "up")));
    }

    [Fact]
    public void Summary_Values_QuantilesWithinTheirError()
    {
        var plan = RulesTests.Compile(Inputs.Replace("[0, 0.5, 1]", "[0.5, 0.99]", StringComparison.Ordinal), _time);
        Apply(plan, [.. Enumerable.Range(1, 1000).Select(i => $"a {i * 0.001:0.000} 1 up")]);
        Apply(plan, "a -1 1 up", "a - 1 up");

        var page = RulesTests.Text(plan.LogSeries);

        Assert.InRange(page.Value("took_seconds", ("queue", "a"), ("quantile", "0.5")), 0.5 * 0.975, 0.5 * 1.026);
        Assert.InRange(page.Value("took_seconds", ("queue", "a"), ("quantile", "0.99")), 0.99 * 0.975, 0.99 * 1.026);
        Assert.Equal(500.5, page.Value("took_seconds_sum", ("queue", "a")), 6);
        Assert.Equal(1000, page.Value("took_seconds_count", ("queue", "a")));
    }

    [Fact]
    public void Summary_LongAgo_QuantilesForgetAndCountsDoNot()
    {
        var plan = RulesTests.Compile(Inputs, _time);
        Apply(plan, "a 5 1 up");
        _time.Advance(TimeSpan.FromMinutes(2));

        var page = RulesTests.Text(plan.LogSeries);

        Assert.Equal(double.NaN, page.Value("took_seconds", ("queue", "a"), ("quantile", "0.5")));
        Assert.Equal(1, page.Value("took_seconds_count", ("queue", "a")));
    }

    [Fact]
    public void Summary_KnownSeries_AllocatesNothing()
    {
        var plan = RulesTests.Compile(Inputs, _time);
        var line = "a 5 1 up"u8.ToArray();
        var unreadable = 0L;
        plan.Logs[0].Rules.Apply(line, ref unreadable);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                plan.Logs[0].Rules.Apply(line, ref unreadable);
            }
        }));
    }

    [Fact]
    public void StateSet_UnknownState_NoneIsTheCaseAndItIsCounted()
    {
        var plan = RulesTests.Compile(Inputs, _time);

        Assert.Equal(1, Apply(plan, "a 1 1 up", "a 1 1 crashed", "b 1 1 -"));

        var page = RulesTests.Text(plan.LogSeries);
        Assert.Equal(0, page.Value("app_state", ("queue", "a"), ("app_state", "up")));
        Assert.Equal(0, page.Value("app_state", ("queue", "a"), ("app_state", "going \"down\"")));
        Assert.Null(page.Find("app_state", ("queue", "b"), ("app_state", "up")));
    }

    [Fact]
    public void Explain_NewKinds_SaysWhatChanges()
    {
        var rules = RulesTests.Compile(Inputs, _time).Logs[0].Rules;

        Assert.Equal(
            ["took_seconds{queue=\"a\"} observes 2", "app_info{version=\"1\"} = 1", "app_state{queue=\"a\"} is up"],
            rules.Explain("a 2 1 up"u8).Effects.Select(effect => effect.Text));
        Assert.Equal("app_state: the value is none of its states, so none is the case", rules.Explain("a 2 1 down"u8).Effects[2].Text);
    }

    [Fact]
    public async Task Test_InTheConfiguration_KnowsTheNewKinds()
    {
        using var folder = new TempFolder();
        var file = folder.Write("adapter.yaml", """
            inputs:
              app:
                tail: /var/log/app.log
                format: '$path $took $version $state'
                metrics:
                  - { summary: took_seconds, value: took, unit: ms -> seconds, labels: [{ route: { field: path, path: true } }], quantiles: [.5] }
                  - { info: app_info, labels: [version] }
                  - { state_set: app_state, value: state, states: [up, down], when: version != 2 }
            tests:
              - input: app
                lines: ['/u/1 2000 1 up', '/u/2 4000 2 down']
                expect: ['took_seconds_sum{route="/u/:id"} 6', 'took_seconds_count{route="/u/:id"} 2', 'app_info{version="2"} 1', 'app_state{app_state="up"} 1']
            """);

        var (exitCode, output, error) = await SidecarProcess.RunAsync("adapter", ["test", "--config", file]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("1 tests, 0 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_InfoAndStates_OfEachRow()
    {
        var plan = RulesTests.Compile(
            """
            { "inputs": { "q": { "http": "http://x/", "json": "$[*]", "metrics": [
                { "info": "node_info", "labels": ["name", "version"] }, { "state_set": "node_state", "value": "s", "states": ["on", "off"], "labels": ["name"] } ] } } }
            """);
        var unreadable = 0L;

        plan.Pages[0].Rules.ApplyPage("""[ { "name": "a", "version": 1, "s": "on" }, { "name": "b", "version": 2, "s": "off" } ]"""u8.ToArray(), ref unreadable);

        var page = RulesTests.Text(plan.PageSeries);
        Assert.Equal(2, page.Sum("node_info"));
        Assert.Equal(1, page.Value("node_state", ("name", "b"), ("node_state", "off")));
    }

    [Fact]
    public void Expire_IdleSeries_GoAndGiveTheirPlaceBack()
    {
        var plan = RulesTests.Compile(
            """
            { "inputs": { "a": { "tail": "/x", "format": "$q", "metrics": [
                { "counter": "lines_total", "labels": ["q"] }, { "summary": "size", "value": "q", "labels": ["q"], "expire": "0s" }, { "gauge": "last", "value": "q", "expire": "10m" } ] } },
              "limits": { "per_metric": 2, "expire": "5m" } }
            """,
            _time);
        Apply(plan, "1", "2", "3");
        Assert.Equal(3, RulesTests.Text(plan.LogSeries).Sum("lines_total"));
        _time.Advance(TimeSpan.FromMinutes(4));
        Apply(plan, "1");
        Assert.Equal(4, RulesTests.Text(plan.LogSeries).Sum("lines_total"));
        _time.Advance(TimeSpan.FromMinutes(4));

        var page = RulesTests.Text(plan.LogSeries);
        Assert.Equal(2, page.Value("lines_total", ("q", "1")));
        Assert.Equal(1, page.Samples.Count(sample => sample.Name == "lines_total"));
        Assert.Equal(3, page.Samples.Count(sample => sample.Name == "size_count"));
        Assert.NotNull(page.Find("last"));

        Apply(plan, "4");
        Assert.Equal(1, RulesTests.Text(plan.LogSeries).Value("lines_total", ("q", "4")));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(["size"], RulesTests.Text(plan.LogSeries).Types.Keys);
    }

    [Fact]
    public void Limits_NewKinds_OverflowSeries()
    {
        var plan = RulesTests.Compile(Inputs.Replace("\"inputs\"", "\"limits\": { \"per_metric\": 1 }, \"inputs\"", StringComparison.Ordinal), _time);

        Apply(plan, "a 1 1 up", "b 2 2 up", "c 3 3 up");

        var page = RulesTests.Text(plan.LogSeries);
        Assert.Equal(2, page.Value("took_seconds_count", ("queue", "other")));
        Assert.Equal(1, page.Value("app_state", ("queue", "other"), ("app_state", "up")));
        Assert.Equal(1, page.Value("app_info", ("version", "3"))); // always one, so never beyond
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Restart_OrReload_AllKindsGoOn(bool isReload)
    {
        var before = RulesTests.Compile(Inputs, _time);
        Apply(before, "a 4 1.0 up", "a 4 1.0 up");
        var after = RulesTests.Compile(Inputs.Replace("\"1m\"", "\"90s\"", StringComparison.Ordinal), _time);

        if (isReload)
        {
            after.LogSeries.TakeOver(before.LogSeries, _ => true);
        }
        else
        {
            var families = before.LogSeries.Families.Select(family => new SavedFamily(family.Definition.Identity, [0], 0, family.Save())).ToList();
            var bytes = StateFormat.Write(new SavedState([new SavedSource("a", "/x", false, [])], families));
            new Restoration(after, StateFormat.Read(bytes)).Apply();
        }

        Apply(after, "a 8 1.0 other");
        var page = RulesTests.Text(after.LogSeries);
        Assert.Equal(16, page.Value("took_seconds_sum", ("queue", "a")));
        Assert.Equal(3, page.Value("took_seconds_count", ("queue", "a")));
        Assert.InRange(page.Value("took_seconds", ("queue", "a"), ("quantile", "0.5")), 4 * 0.975, 4 * 1.026);
        Assert.Equal(1, page.Value("app_info", ("version", "1.0")));
        Assert.Equal(0, page.Value("app_state", ("queue", "a"), ("app_state", "up")));
    }

    [Theory]
    [InlineData("""{ "summary": "x", "value": "v", "quantiles": [0.5, 1.5] }""", "quantiles[1]: a quantile is between 0 and 1")]
    [InlineData("""{ "gauge": "x", "value": "v", "quantiles": [0.5] }""", "quantiles: only a summary has quantiles")]
    [InlineData("""{ "summary": "x", "value": "v", "labels": [{ "quantile": "v" }] }""", "labels[0]: quantile is the label of the quantiles")]
    [InlineData("""{ "counter": "x_total", "labels": [{ "le": "v" }] }""", "labels[0]: le is a label of buckets alone")]
    [InlineData("""{ "gauge": "x", "value": "v", "labels": [{ "quantile": "v" }] }""", "labels[0]: quantile is a label of summaries alone")]
    [InlineData("""{ "summary": "x" }""", "value is missing: the field with the summary's value")]
    [InlineData("""{ "summary": "x_total", "value": "v" }""", "only a counter's name ends in _total")]
    [InlineData("""{ "state_set": "x_total", "value": "v", "states": ["a"] }""", "only a counter's name ends in _total")]
    [InlineData("""{ "info": "x", "labels": ["v"] }""", "info: an info's name ends in _info; write x_info")]
    [InlineData("""{ "info": "x_info" }""", "an info tells by its labels; add labels")]
    [InlineData("""{ "info": "x_info", "labels": ["v"], "value": "v" }""", "value: an info is always 1")]
    [InlineData("""{ "state_set": "x", "value": "v" }""", "states: 1 to 100 different states are expected")]
    [InlineData("""{ "state_set": "x", "value": "v", "states": ["a", "a"] }""", "states: 1 to 100 different states are expected")]
    [InlineData("""{ "state_set": "x", "value": "v", "states": ["a"], "labels": [{ "x": "v" }] }""", "labels: x is the label of the states")]
    [InlineData("""{ "state_set": "x", "value": "v", "states": ["a"], "scale": 2 }""", "it has no map, scale or unit")]
    [InlineData("""{ "gauge": "x", "value": "v", "states": ["a"] }""", "states: only a state set has states")]
    [InlineData("""{ "gauge": "queueDepth", "value": "v" }""", "gauge: names are written in small letters with _ between words; write queue_depth")]
    [InlineData("""{ "gauge": "x", "value": "v", "labels": [{ "hostName": "v" }] }""", "labels[0]: names are written in small letters with _ between words; write host_name")]
    [InlineData("""{ "gauge": "x_gauge", "value": "v" }""", "gauge: a name does not say its type; leave gauge out")]
    [InlineData("""{ "gauge": "x_us", "value": "v" }""", "base unit for us is seconds")]
    [InlineData("""{ "gauge": "x_miles_left", "value": "v" }""", "base unit for miles is meters")]
    [InlineData("""{ "summary": "y", "value": "v" }, { "untyped": "y_sum", "value": "v" }""", "clash, as a histogram also makes")]
    [InlineData("""{ "gauge": "y", "value": "v" }, { "info": "y_info", "labels": ["v"] }""", "clash, as OpenMetrics names a counter without _total and an info without _info")]
    [InlineData("""{ "summary": "y", "value": "v" }, { "summary": "y", "value": "v", "quantiles": [] }""", "y has other labels or buckets in inputs.a.metrics[0].summary (or quantiles")]
    public void Validate_MistakenKind_KeyAndRemedy(string metrics, string message) =>
        Assert.Contains(message, RulesTests.Problems($$"""{ "inputs": { "a": { "tail": "/x", "format": "$v", "metrics": [ {{metrics}} ] } } }"""), StringComparison.Ordinal);

    private static long Apply(AdapterPlan plan, params string[] lines)
    {
        var unreadable = 0L;
        foreach (var line in lines)
        {
            Assert.True(plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch);
        }

        return unreadable;
    }

    private static string Text(AdapterPlan plan, MetricsFormat format)
    {
        using var buffer = new ExpositionBuffer();
        plan.LogSeries.Write(buffer, format);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
