using System.Text;
using System.Text.Json;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Labels;

/// <summary>Labels whose values are made of fields, from the configuration to the page.</summary>
public class LabelShapeTests
{
    private const string Inputs = """
        { "inputs": { "web": { "tail": "/x", "format": "$host \"$request\" $status \"$agent\"", "metrics": [ { "counter": "requests_total", "labels": [
            { "request": "{method} {status}" },
            { "route": { "field": "uri", "path": ["/users/:id/orders/:order"] } },
            { "class": { "field": "status", "status_class": true, "default": "none" } },
            { "site": { "field": "host", "regex": "^([^.]+)\\.", "case": "lower" } },
            { "browser": { "field": "agent", "case": "lower", "map": { "firefox": "gecko", "chrome": "blink" }, "default": "?" } },
            { "brace": { "field": "{{{status}}}", "truncate": 3 } } ] } ] } }, "limits": { "label_bytes": 32 } }
        """;

    [Theory]
    [InlineData("Www.example.org \"GET /users/1/orders/2?x=1 HTTP/1.1\" 204 \"Firefox\"", "GET 204", "/users/:id/orders/:order", "2xx", "www", "gecko", "{20")]
    [InlineData("localhost \"PUT /items/77 HTTP/1.1\" - \"curl\"", "PUT -", "/items/:id", "none", "other", "?", "{-}")]
    [InlineData("a.b \"\\x16\\x03\" 400 \"CHROME\"", " 400", "other", "4xx", "a", "blink", "{40")]
    [InlineData("a.b \"GET /\\xC3\\xA9/0123456789/0123456789-0123456789/abcdefghijk HTTP/1.1\" 500 \"x\"", "GET 500", "/é/:id/:id/abcdefghijk", "5xx", "a", "?", "{50")]
    [InlineData("a.b \"GET /a/b/\\x80/abcdefghijklmnopqrstuvwxyz HTTP/1.1\" 500 \"x\"", "GET 500", "/a/b/\uFFFD/abcdefghijklmnopqrstuvw", "5xx", "a", "?", "{50")]
    public void Apply_Line_Labels(string line, string request, string route, string kind, string site, string browser, string brace)
    {
        var plan = RulesTests.Compile(Inputs);

        Apply(plan, line);

        Assert.Equal(1, RulesTests.Text(plan.LogSeries).Value(
            "requests_total", ("request", request), ("route", route), ("class", kind), ("site", site), ("browser", browser), ("brace", brace)));
    }

    [Fact]
    public void Apply_SameValuesAgain_AllocatesNothing()
    {
        var rules = RulesTests.Compile(Inputs).Logs[0].Rules;
        byte[][] lines = [.. Enumerable.Range(0, 1000).Select(i => Encoding.UTF8.GetBytes($"www.example.org \"GET /users/{i}/orders/{i}?x={i} HTTP/1.1\" 204 \"Firefox\""))];
        var unreadable = 0L;
        rules.Apply(lines[0], ref unreadable);

        Assert.Equal(0, Allocations.Least(() =>
        {
            foreach (var line in lines)
            {
                rules.Apply(line, ref unreadable);
            }
        }));
    }

    [Fact]
    public void Apply_AllowedValues_BehindTheSteps()
    {
        var plan = RulesTests.Compile(
            """
            { "inputs": { "web": { "tail": "/x", "format": "$status", "metrics": [
                { "counter": "requests_total", "labels": [{ "class": { "field": "status", "status_class": true } }], "allow": { "class": ["5xx"] } } ] } } }
            """);

        Apply(plan, "200", "503");

        Assert.Equal("requests_total{class=\"other\"} 1\nrequests_total{class=\"5xx\"} 1\n", RulesTests.RawText(plan.LogSeries).Split("counter\n")[1]);
    }

    [Fact]
    public void TakeDemotion_RegexOfALabel_IsTold()
    {
        var rules = RulesTests.Compile("""{ "inputs": { "a": { "tail": "/x", "format": "$v", "metrics": [ { "counter": "v_total", "labels": [{ "v": { "field": "v", "regex": "^((a+)+)$" } }] } ] } } }""").Logs[0].Rules;
        var unreadable = 0L;

        rules.Apply(Encoding.UTF8.GetBytes(new string('a', 60) + "!"), ref unreadable);

        Assert.Contains("took longer than", rules.TakeDemotion(), StringComparison.Ordinal);
        Assert.Null(rules.TakeDemotion());
    }

    [Theory]
    [InlineData("{ a: { path: true } }", "metrics[0].labels[0]: a label needs its field")]
    [InlineData("{ a: { field: v, shout: true } }", "metrics[0].labels[0]: unknown key 'shout' of a label; keys: field, regex, replace")]
    [InlineData("{ a: { field: v, regex: '(' } }", "metrics[0].labels[0].a.regex: the regex is not valid")]
    [InlineData("{ a: { field: v, regex: '(?=x)y' } }", "metrics[0].labels[0].a.regex: the regex cannot run without backtracking")]
    [InlineData("{ a: { field: v, replace: x } }", "metrics[0].labels[0].a.replace: replace says what becomes of what regex finds; add regex")]
    [InlineData("{ a: { field: v, path: [users/1] } }", "metrics[0].labels[0].a.path[0]: 'users/1' is no path")]
    [InlineData("{ a: { field: v, path: ['/a/*/b'] } }", "metrics[0].labels[0].a.path[0]: a * stands for the rest of a path")]
    [InlineData("{ a: { field: v, case: title } }", "metrics[0].labels[0].a.case: 'title' is neither lower nor upper")]
    [InlineData("{ a: { field: v, default: x } }", "metrics[0].labels[0].a.default: default is for values that")]
    [InlineData("{ a: { field: v, truncate: 0 } }", "metrics[0].labels[0]: truncate of a label is the most characters, from 1 on")]
    [InlineData("{ a: { field: w } }", "metrics[0].labels[0]: the format has no w; its fields: v")]
    [InlineData("{ a: '{v} {w}' }", "metrics[0].labels[0]: the format has no w; its fields: v")]
    [InlineData("{ a: '{v' }", "metrics[0].labels[0].a: the brace at character 1 does not stand around a field's name")]
    [InlineData("{ a: v, b: v }", "metrics[0].labels[0]: one label is one { label: field }; write several as several entries")]
    public async Task Check_MistakenLabel_PlaceAndRemedy(string label, string problem)
    {
        var (exitCode, error) = await CheckAsync(label);

        Assert.Equal(2, exitCode);
        Assert.Contains("adapter.yaml:6:", error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_YamlWithoutQuotes_IsTextAsWritten() =>
        Assert.Equal((0, ""), await CheckAsync("{ a: { field: v, map: { 1: true, 2: 3, x: y }, default: 0, truncate: 5, case: upper } }"));

    [Theory]
    [InlineData("\"v\"")]
    [InlineData("""{"a":"v"}""")]
    [InlineData("""{"a":{"field":"{v}","regex":"x","replace":"$0","case":"lower","default":"d","status_class":true,"truncate":3,"path":["/a/:b"],"map":{"x":"y"}}}""")]
    [InlineData("""{"a":{"field":"v","path":[]}}""")]
    public void Converter_AllForms_WritesWhatItReads(string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, AdapterOptionsContext.Default.LabelOptions), AdapterOptionsContext.Default.LabelOptions).Replace("\\u002B", "+", StringComparison.Ordinal));

    private static async Task<(int ExitCode, string Error)> CheckAsync(string label)
    {
        using var folder = new TempFolder();
        var file = folder.Write("adapter.yaml", $$"""
            inputs:
              app:
                tail: /var/log/app.log
                format: $v
                metrics:
                  - { counter: v_total, labels: [ {{label}} ] }
            """);
        var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["check", "--config", file]);
        return (exitCode, error);
    }

    private static void Apply(AdapterPlan plan, params string[] lines)
    {
        var unreadable = 0L;
        foreach (var line in lines)
        {
            Assert.True(plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch);
        }
    }
}
