using System.Text;
using Sidecars.Adapter.Explaining;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Rules;

/// <summary>Rules that are only for some samples.</summary>
public class WhenTests
{
    private const string Inputs = """
        { "inputs": {
            "app": { "tail": "/x", "format": "$level \"$agent\" $took", "metrics": [
                { "counter": "slow_total", "when": "took > 1.5" },
                { "counter": "grave_total", "when": "level >= warn and exists(took)", "labels": ["level"] },
                { "counter": "bots_total", "when": "agent =~ '(?i)\\bbot\\b' or agent == 'a\"b'" },
                { "counter": "all_total" } ] } } }
        """;

    [Fact]
    public void Apply_Lines_OnlyThoseThatAreMeant()
    {
        var plan = RulesTests.Compile(Inputs);

        var unreadable = Apply(plan, "INFO \"x\" 2", "WARN \"a BOT\" 0.1", "error \"a\\x22b\" -", "FATAL \"robot\" many");

        var page = RulesTests.Text(plan.LogSeries);
        Assert.Equal(1, page.Value("slow_total"));
        Assert.Equal(1, page.Value("grave_total", ("level", "WARN")));
        Assert.Null(page.Find("grave_total", ("level", "error")));
        Assert.Equal(1, page.Value("grave_total", ("level", "FATAL")));
        Assert.Equal(2, page.Value("bots_total")); // nginx's \x22 is the quote that the client sent
        Assert.Equal(4, page.Value("all_total"));
        Assert.Equal(0, unreadable);
    }

    [Fact]
    public void Apply_RowsOfAPage_OnlyThoseThatAreMeant()
    {
        var plan = RulesTests.Compile(
            """{ "inputs": { "q": { "http": "http://x/", "json": "$.queues[*]", "metrics": [ { "gauge": "depth", "value": "n", "labels": ["name"], "when": "stats.live == true and name != b" } ] } } }""");
        var unreadable = 0L;

        Assert.Null(plan.Pages[0].Rules.ApplyPage(
            """{ "queues": [ { "name": "a", "n": 1, "stats": { "live": true } }, { "name": "b", "n": 2, "stats": { "live": true } }, { "name": "c", "n": 3 } ] }"""u8.ToArray(), ref unreadable));

        Assert.Equal("depth{name=\"a\"} 1", RulesTests.RawText(plan.PageSeries).Split('\n')[^2]);
    }

    [Fact]
    public void Apply_KnownSeries_AllocatesNothing()
    {
        var rules = RulesTests.Compile(Inputs).Logs[0].Rules;
        var line = "WARN \"a\\x22b BOT\" 2"u8.ToArray();
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
    public async Task Explain_LineThatIsNotMeant_SaysTheCondition()
    {
        var plan = RulesTests.Compile(Inputs);
        using var output = new StringWriter { NewLine = "\n" };

        await new Explainer(output).ExplainLinesAsync([("app", plan.Logs[0].Rules)], new MemoryStream("INFO \"x\" 1\n"u8.ToArray()), CancellationToken.None);

        Assert.Contains("  -> slow_total: not for this line, as when says: took > 1.5\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("never fed: slow_total, grave_total, bots_total\n", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("took = 1", ":6:38: inputs.app.metrics[0].when: at character 6: '=' cannot stand here")]
    [InlineData("size > 1", ":6:38: inputs.app.metrics[0].when: the format has no size; its fields: level, took")]
    public async Task Check_MistakenCondition_PlaceAndRemedy(string when, string problem)
    {
        using var folder = new TempFolder();
        var file = folder.Write("adapter.yaml", $$"""
            inputs:
              app:
                tail: /var/log/app.log
                format: '$level $took'
                metrics:
                  - { counter: slow_total, when: '{{when}}' }
            """);

        var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["check", "--config", file]);

        Assert.Equal(2, exitCode);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    private static long Apply(Sidecars.Adapter.Rules.AdapterPlan plan, params string[] lines)
    {
        var unreadable = 0L;
        foreach (var line in lines)
        {
            Assert.True(plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch);
        }

        return unreadable;
    }
}
