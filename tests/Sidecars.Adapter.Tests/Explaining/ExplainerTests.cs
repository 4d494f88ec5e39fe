using System.Text;
using Sidecars.Adapter.Explaining;
using Sidecars.Adapter.Tests.Rules;

namespace Sidecars.Adapter.Tests.Explaining;

public class ExplainerTests
{
    private const string Inputs = """
        { "inputs": {
            "app": { "tail": "/x", "format": "$level [$took]", "metrics": [
                { "counter": "lines_total", "labels": ["level"], "allow": { "level": ["INFO"] } },
                { "histogram": "took_seconds", "value": "took", "labels": [{ "l": "level" }] },
                { "counter": "took_total", "value": "took" } ] },
            "page": { "http": "http://x/", "format": "Idle: $idle", "metrics": [ { "gauge": "idle", "value": "idle" } ] } } }
        """;

    [Fact]
    public async Task ExplainLines_FieldsSeriesAndReasons()
    {
        var plan = RulesTests.Compile(Inputs);
        using var output = new StringWriter { NewLine = "\n" };

        await new Explainer(output).ExplainLinesAsync(
            [("app", plan.Logs[0].Rules)],
            new MemoryStream(Encoding.UTF8.GetBytes("WARN é [-]\nnothing\nINFO [-2]\n")),
            CancellationToken.None);

        Assert.Equal(
            """
            line 1: app
              level = WARN é
              took = -
              -> lines_total{level="other"} +1
              -> took_seconds: the line has no value for it
              -> took_total: the line has no value for it
            line 2: no match
              app: at byte 0: no ' [' ends $level
            line 3: app
              level = INFO
              took = -2
              -> lines_total{level="INFO"} +1
              -> took_seconds{l="INFO"} observes -2
              -> took_total: the value is not a number that a counter can take
            3 lines, 2 matched
            never fed: took_total

            """,
            output.ToString());
        Assert.Empty(RulesTests.Text(plan.LogSeries).Samples);
    }

    [Theory]
    [InlineData("Idle:\n  7\n", "page\n  idle = 7\n  -> idle = 7\n")]
    [InlineData("Busy: 7", "page: no match: at byte 0: the format begins with 'Idle: '\n")]
    public async Task ExplainPage_FieldsOrReason(string page, string expected)
    {
        using var output = new StringWriter { NewLine = "\n" };

        await new Explainer(output).ExplainPageAsync("page", RulesTests.Compile(Inputs).Pages[0].Rules, new MemoryStream(Encoding.UTF8.GetBytes(page)), CancellationToken.None);

        Assert.Equal(expected, output.ToString());
    }
}
