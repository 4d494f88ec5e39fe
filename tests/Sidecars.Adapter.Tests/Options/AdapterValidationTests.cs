using System.Text.Json;
using Sidecars.Adapter.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Tests.Options;

public class AdapterValidationTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "preset": "nginx" }""")]
    [InlineData("""{ "nginx": { "status": "off", "access_log": "/var/log/nginx/*.log", "log_format": "log_format main '$status ' '$request';" } }""")]
    [InlineData("""{ "inputs": { "a": { "tail": "/x", "format": "$v $w", "metrics": [ { "counter": "v_total" } ] }, "b": { "tail": "/y", "format": "$v", "metrics": [ { "counter": "v_total" } ] } } }""")]
    [InlineData("""{ "preset": "nginx", "inputs": { "app": { "http": "http://127.0.0.1:9000/s", "format": "Idle: $idle", "up": "app_up", "metrics": [ { "gauge": "app_idle", "value": "idle" } ] } } }""")]
    public void Validate_GoodConfiguration_NoProblem(string json) => Assert.Empty(Validate(json));

    [Theory]
    [InlineData("""{ "nginx": { "log_format": "$a$b" } }""", "nginx.log_format", "at character 3: $a and $b stand side by side")]
    [InlineData("""{ "nginx": { "access_log": "logs/access.log" } }""", "nginx.access_log", "not an absolute path")]
    [InlineData("""{ "nginx": { "access_log": "/var/log/nginx/" } }""", "nginx.access_log", "is a folder; name files in it, for example /var/log/nginx/*.log")]
    [InlineData("""{ "nginx": { "status": "localhost:8080" } }""", "nginx.status", "write http://host:port/path")]
    [InlineData("""{ "limits": { "overflow": "" } }""", "limits.overflow", "1 to 128")]
    [InlineData("""{ "inputs": { "a b": { "tail": "/x", "format": "$v", "metrics": [ { "counter": "v_total" } ] } } }""", "inputs", "'a b' is not an input's name")]
    [InlineData("""{ "inputs": { "a": {} } }""", "inputs.a", "either tail (a log) or http (a page)")]
    [InlineData("""{ "inputs": { "a": { "tail": "/x", "http": "http://x", "format": "$v", "metrics": [] } } }""", "inputs.a", "either tail (a log) or http (a page)")]
    [InlineData("""{ "inputs": { "a": { "tail": "/x", "format": "$v" } } }""", "inputs.a", "makes nothing")]
    [InlineData("""{ "inputs": { "a": { "tail": "/x", "metrics": [ { "counter": "v_total" } ] } } }""", "inputs.a", "format is missing")]
    public void Validate_MistakenInput_KeyPathAndRemedy(string json, string path, string message) => AssertProblem(json, path, message);

    [Theory]
    [InlineData("""{ "counter": "v" }""", ".counter", "write v_total")]
    [InlineData("""{ "gauge": "v_total", "value": "v" }""", ".gauge", "only a counter's name ends in _total")]
    [InlineData("""{ "counter": "9v_total" }""", ".counter", "not a metric's name")]
    [InlineData("""{ "counter": "sidecars_v_total" }""", ".counter", "the adapter's own")]
    [InlineData("""{ "gauge": "v_count", "value": "v" }""", ".gauge", "_count ends the names")]
    [InlineData("""{ "gauge": "v_milliseconds", "value": "v" }""", ".gauge", "base unit for milliseconds is seconds")]
    [InlineData("""{ }""", "", "exactly one of counter, gauge, histogram, summary, info, state_set and untyped")]
    [InlineData("""{ "counter": "v_total", "gauge": "v" }""", "", "exactly one of")]
    [InlineData("""{ "gauge": "v" }""", "", "value is missing: the field with the gauge's value; its fields: v, w")]
    [InlineData("""{ "counter": "v_total", "value": "x" }""", ".value", "the format has no x; its fields: v, w")]
    [InlineData("""{ "counter": "v_total", "labels": ["w", "x"] }""", ".labels[1]", "the format has no x")]
    [InlineData("""{ "counter": "v_total", "labels": [{ "__w": "w" }] }""", ".labels[0]", "not a label's name")]
    [InlineData("""{ "counter": "v_total", "labels": ["w", { "w": "v" }] }""", ".labels[1]", "the label w is there already")]
    [InlineData("""{ "histogram": "v", "value": "v", "labels": [{ "le": "w" }] }""", ".labels[0]", "le is the label of the buckets")]
    [InlineData("""{ "counter": "v_total", "allow": { "w": ["a"] } }""", ".allow.w", "the metric has no label w")]
    [InlineData("""{ "counter": "v_total", "labels": ["w"], "allow": { "w": [] } }""", ".allow.w", "no value is allowed")]
    [InlineData("""{ "histogram": "v", "value": "v", "buckets": [1, 1] }""", ".buckets[1]", "the bounds must increase")]
    [InlineData("""{ "gauge": "v", "value": "v", "buckets": [1] }""", ".buckets", "only a histogram has buckets")]
    public void Validate_MistakenMetric_KeyPathAndRemedy(string metric, string path, string message) =>
        AssertProblem($$"""{ "inputs": { "a": { "tail": "/x", "format": "$v $w", "metrics": [ {{metric}} ] } } }""", "inputs.a.metrics[0]" + path, message);

    [Theory]
    [InlineData("""{ "gauge": "x_total", "value": "v" }""", "x_total is a counter in inputs.a.metrics[0].counter; one name has one type")]
    [InlineData("""{ "counter": "x_total", "labels": ["v"] }""", "other labels or buckets in inputs.a.metrics[0].counter")]
    [InlineData("""{ "untyped": "y_bucket", "value": "v" }""", "y_bucket and y in inputs.a.metrics[1].histogram clash")]
    public void Validate_NamesThatClash_BothPlacesAreNamed(string metric, string message)
    {
        var problems = Validate(
            $$"""{ "inputs": { "a": { "tail": "/x", "format": "$v", "metrics": [ { "counter": "x_total" }, { "histogram": "y", "value": "v" }, {{metric}} ] } } }""");

        Assert.Contains(problems, problem => problem.KeyPath.StartsWith("inputs.a.metrics[2]", StringComparison.Ordinal) && problem.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_ManyMistakes_AllAtOnce() => Assert.Equal(
        6,
        Validate(
            """
            { "nginx": { "status": "x", "access_log": "y", "log_format": "z" },
              "inputs": { "a": { "tail": "rel", "format": "$v", "metrics": [ { "counter": "bad name", "labels": ["q"] } ] } } }
            """).Count);

    [Fact]
    public void Validate_NameOfThePreset_IsTaken() => AssertProblem(
        """{ "preset": "nginx", "inputs": { "a": { "tail": "/x", "format": "$v", "metrics": [ { "gauge": "nginx_up", "value": "v" } ] } } }""",
        "inputs.a.metrics[0].gauge",
        "nginx_up");

    private static void AssertProblem(string json, string path, string message)
    {
        var problems = Validate(json);
        Assert.Contains(problems, problem => problem.KeyPath == path && problem.Message.Contains(message, StringComparison.Ordinal));
    }

    private static IReadOnlyList<Problem> Validate(string json)
    {
        var problems = new ProblemList();
        AdapterValidation.Validate(JsonSerializer.Deserialize(json, AdapterOptionsContext.Default.AdapterOptions)!, problems);
        return problems.Problems;
    }
}
