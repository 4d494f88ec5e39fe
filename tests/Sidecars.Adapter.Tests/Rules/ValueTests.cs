using System.Text;
using System.Text.Json;
using Sidecars.Adapter.Options;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Rules;

/// <summary>Values that are reckoned or come to another unit.</summary>
public class ValueTests
{
    [Fact]
    public void Apply_ReckonedValues_Series()
    {
        var (page, unreadable) = Run(
            """
            { "gauge": "ratio_hits", "value": "hits / (hits + misses)" },
            { "counter": "sent_bytes_total", "value": "kb * 1024" },
            { "histogram": "took_seconds", "value": "ms - 1", "unit": "ms -> seconds", "buckets": [0.01, 1] }
            """,
            "hits=1 misses=3 kb=2 ms=4",
            "hits=0 misses=0 kb=-1 ms=-",
            "hits=x misses=0 kb=1.5 ms=3001");

        Assert.Equal(0.25, page.Value("ratio_hits"));
        Assert.Equal(3584, page.Value("sent_bytes_total"));
        Assert.Equal(3.003, page.Value("took_seconds_sum"), 12);
        Assert.Equal(1, page.Value("took_seconds_bucket", ("le", "0.01")));
        Assert.Equal(3, unreadable); // a division by 0, a counter that would fall, and a word
    }

    [Theory]
    [InlineData("ms -> seconds", "3", 0.003)]
    [InlineData("us->seconds", "1500", 0.0015)]
    [InlineData("hours -> seconds", "1.5", 5400)]
    [InlineData("kib -> bytes", "3", 3072)]
    [InlineData("kb -> bytes", "3", 3000)]
    [InlineData("bits -> bytes", "12", 1.5)]
    [InlineData("percent -> ratio", "7", 0.07)]
    [InlineData("fahrenheit -> celsius", "212", 100)]
    [InlineData("kelvin -> celsius", "273.15", 0)]
    [InlineData("kwh -> joules", "2", 7200000)]
    public void Apply_Unit_BaseUnit(string unit, string value, double expected)
    {
        var name = "x_" + UnitConversion.Target(unit);
        var (page, _) = Run($$"""{ "gauge": "{{name}}", "value": "kb", "unit": "{{unit}}" }""", $"hits=0 misses=0 kb={value} ms=0");

        Assert.Equal(expected, page.Value(name));
    }

    [Fact]
    public void Apply_ListsOfTimes_AreSummedBeforeReckoning()
    {
        var plan = RulesTests.Compile(
            """{ "inputs": { "a": { "tail": "/x", "format": "$request_time $upstream_response_time", "metrics": [ { "gauge": "own_seconds", "value": "request_time - upstream_response_time" } ] } } }""");
        var unreadable = 0L;

        plan.Logs[0].Rules.Apply("1.5 0.25, 0.5"u8, ref unreadable);

        Assert.Equal(0.75, RulesTests.Text(plan.LogSeries).Value("own_seconds"));
    }

    [Fact]
    public void Apply_ReckonedValue_AllocatesNothing()
    {
        var rules = RulesTests.Compile(Inputs("""{ "counter": "sum_seconds_total", "value": "hits * 2 + misses", "unit": "ms -> seconds" }""")).Logs[0].Rules;
        var line = "hits=1 misses=3 kb=2 ms=4"u8.ToArray();
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
    public void Apply_PageOfKeys_NamesWithBlanksInBackticks()
    {
        var plan = RulesTests.Compile(
            """{ "inputs": { "a": { "http": "http://x/", "key_value": ":", "metrics": [ { "gauge": "x_bytes", "value": "`Total kBytes` * 1024" }, { "gauge": "plain", "value": "Total kBytes" } ] } } }""");
        var unreadable = 0L;

        Assert.Null(plan.Pages[0].Rules.ApplyPage("Total kBytes: 3\n"u8.ToArray(), ref unreadable));

        Assert.Equal(3072, RulesTests.Text(plan.PageSeries).Value("x_bytes"));
        Assert.Equal(3, RulesTests.Text(plan.PageSeries).Value("plain"));
    }

    [Theory]
    [InlineData("""{ "gauge": "x", "value": "kb * / 2" }""", ".value", "at character 6: '/' cannot stand here")]
    [InlineData("""{ "gauge": "x", "value": "kb * mb" }""", ".value", "the format has no mb; its fields: hits, misses, kb, ms")]
    [InlineData("""{ "gauge": "x", "value": "kb * 2", "map": { "a": 1 } }""", ".map", "words of one field")]
    [InlineData("""{ "gauge": "x_seconds", "value": "kb", "unit": "furlong -> seconds" }""", ".unit", "'furlong' is no unit that is known here; units: ns, ")]
    [InlineData("""{ "gauge": "x_seconds", "value": "kb", "unit": "kb -> seconds" }""", ".unit", "kb come to bytes, not to seconds; write kb -> bytes")]
    [InlineData("""{ "gauge": "x", "value": "kb", "unit": "ms -> seconds" }""", ".unit", "call it x_seconds")]
    [InlineData("""{ "gauge": "x_seconds", "value": "kb", "unit": "ms -> seconds", "scale": 2 }""", ".unit", "give one of them")]
    public void Validate_MistakenValue_KeyPathAndRemedy(string metric, string path, string message)
    {
        var problems = new ProblemList();
        AdapterValidation.Validate(JsonSerializer.Deserialize(Inputs(metric), AdapterOptionsContext.Default.AdapterOptions)!, problems);

        Assert.Contains(problems.Problems, problem => problem.KeyPath == "inputs.a.metrics[0]" + path && problem.Message.Contains(message, StringComparison.Ordinal));
    }

    private static string Inputs(string metrics) =>
        $$"""{ "inputs": { "a": { "tail": "/x", "format": "hits=$hits misses=$misses kb=$kb ms=$ms", "metrics": [ {{metrics}} ] } } }""";

    private static (Sidecars.Testing.MetricsText Page, long Unreadable) Run(string metrics, params string[] lines)
    {
        var plan = RulesTests.Compile(Inputs(metrics));
        var unreadable = 0L;
        foreach (var line in lines)
        {
            Assert.True(plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch);
        }

        return (RulesTests.Text(plan.LogSeries), unreadable);
    }
}
