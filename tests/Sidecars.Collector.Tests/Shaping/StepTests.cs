using Microsoft.Extensions.Time.Testing;
using Sidecars.Collector.Options;

namespace Sidecars.Collector.Tests.Shaping;

public sealed class StepTests
{
    private const string Time = "\"time\":\"2026-11-24T03:05:00Z\"";

    [Fact]
    public void Parse_Json_FieldsTimeAndSeverity()
    {
        using var shaped = new Shaped("json");
        Assert.Equal(
            """{"time":"2026-11-24T04:00:00.5Z","severity":"warn","ts":"2026-11-24T05:00:00.500+01:00","level":"WARN","n":1,"deep":{"a":[1]}}""",
            shaped.Document("""{"ts":"2026-11-24T05:00:00.500+01:00","level":"WARN","n":1,"deep":{"a":[1]}}"""));
    }

    [Fact]
    public void Parse_FieldsCalledTimeAndSeverity_AreTheRecordsOwnUnlessTheyCannotBe()
    {
        using var shaped = new Shaped("json");
        Assert.Equal("""{"time":"2026-11-24T04:00:00Z","severity":"error","n":1}""", shaped.Document("""{"time":"2026-11-24T04:00:00Z","severity":"ERROR","n":1}"""));
        Assert.Equal($$"""{{{Time}},"_time":"noon","_severity":"odd"}""", shaped.Document("""{"time":"noon","severity":"odd"}"""));
    }

    [Fact]
    public void Parse_AnotherFormat_DeliversTheLineMarkedAndCountsItOnce()
    {
        using var shaped = new Shaped("json", new StepOptions { Add = new() { ["env"] = "prod" } });
        Assert.Equal($$"""{{{Time}},"unparsed":"json","line":"plain","env":"prod"}""", shaped.Document("plain"));
        shaped.Document("plain", isRepeat: true);
        Assert.Equal(["unparsed json"], shaped.Counted);
    }

    [Theory]
    [InlineData("""{"status":503}""", "dropped: drop")]
    [InlineData("""{"status":200,"path":"/health"}""", "dropped: keep")]
    [InlineData("""{"status":200,"path":"/"}""", $$"""{{{Time}},"status":200,"path":"/"}""")]
    public void KeepAndDrop_DecideByFields(string line, string expected)
    {
        using var shaped = new Shaped("json", new StepOptions { Drop = "status >= 500" }, new StepOptions { Keep = "path != \"/health\"" });
        Assert.Equal(expected, shaped.Document(line));
    }

    [Fact]
    public void Drop_OnTheLine_NeedsNoParser()
    {
        using var shaped = new Shaped(null, new StepOptions { Drop = "line contains DEBUG" });
        Assert.Equal("dropped: drop", shaped.Document("a DEBUG line"));
        Assert.Equal($$"""{{{Time}},"line":"an INFO line"}""", shaped.Document("an INFO line"));
    }

    [Fact]
    public void When_DoesNotHold_LeavesTheRecordAlone()
    {
        using var shaped = new Shaped("json", new StepOptions { Remove = ["b"], When = "a == 1" });
        Assert.Equal($$"""{{{Time}},"a":1}""", shaped.Document("""{"a":1,"b":2}"""));
        Assert.Equal($$"""{{{Time}},"a":2,"b":2}""", shaped.Document("""{"a":2,"b":2}"""));
    }

    [Fact]
    public void RenameRemoveAdd_ChangeFieldsInOrder()
    {
        using var shaped = new Shaped(
            "json",
            new StepOptions { Rename = new() { ["a"] = "b", ["nothing"] = "something" } },
            new StepOptions { Remove = ["c", "nothing"] },
            new StepOptions { Add = new() { ["log"] = "{file_name}:{b}{missing}", ["brace"] = "{{x}}", ["d"] = "new" } });
        Assert.Equal($$"""{{{Time}},"b":1,"d":"new","log":"a.log:1","brace":"{x}"}""", shaped.Document("""{"a":1,"b":2,"c":3,"d":4}"""));
    }

    [Fact]
    public void Sample_ByField_KeepsAllOrNoneOfAValue()
    {
        using var shaped = new Shaped("logfmt", new StepOptions { Sample = new() { Fraction = 0.3, By = "id" } });
        var kept = Enumerable.Range(0, 1000).Count(id => !shaped.Document($"id={id} n=1").StartsWith("dropped", StringComparison.Ordinal));
        Assert.InRange(kept, 200, 400);
        foreach (var id in Enumerable.Range(0, 50))
        {
            Assert.Equal(
                shaped.Document($"id={id} n=1").StartsWith("dropped", StringComparison.Ordinal),
                shaped.Document($"id={id} n=2").StartsWith("dropped", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void RateLimit_ByField_LetsEachValueHaveItsOwn()
    {
        var time = new FakeTimeProvider();
        using var shaped = new Shaped("logfmt", time, new StepOptions { RateLimit = new() { PerSecond = 1, Burst = 2, By = "key" } });
        string[] lines = ["key=a", "key=a", "key=a", "key=b"];
        Assert.Equal([false, false, true, false], lines.Select(line => shaped.Document(line) == "dropped: rate_limit"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([false, true, true, false], lines.Select(line => shaped.Document(line) == "dropped: rate_limit"));
        Assert.DoesNotContain("dropped", shaped.Document("key=a", isRepeat: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026 [main] ERROR com.example failed", "error")]
    [InlineData("nothing to see", "info")]
    public void Severity_FromText_ElseTheDefault(string line, string expected)
    {
        using var shaped = new Shaped(null, new StepOptions { Severity = new() { Default = "info" } });
        Assert.Equal($$"""{{{Time}},"severity":"{{expected}}","line":"{{line}}"}""", shaped.Document(line));
    }

    [Fact]
    public void SeverityAndTime_FromFields_AsDeclared()
    {
        using var shaped = new Shaped(
            "logfmt",
            new StepOptions { Severity = new() { Field = "sev" } },
            new StepOptions { Time = new() { Field = "at", Format = "%Y/%m/%d %H:%M", Zone = "+01:00" } });
        Assert.Equal(
            """{"time":"2026-11-24T09:30:00Z","severity":"fatal","sev":"emerg","at":"2026/11/24 10:30"}""",
            shaped.Document("sev=emerg at=\"2026/11/24 10:30\""));
        Assert.Equal($$"""{{{Time}},"sev":"odd","at":"never"}""", shaped.Document("sev=odd at=never"));
        Assert.Equal(["failed time"], shaped.Counted);
    }
}
