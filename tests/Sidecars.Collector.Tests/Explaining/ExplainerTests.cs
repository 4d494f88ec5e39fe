using Sidecars.Collector.Explaining;
using Sidecars.Collector.Options;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Explaining;

public sealed class ExplainerTests
{
    [Fact]
    public void Explain_Lines_SaysWhatBecomesOfEach()
    {
        var options = new InputOptions
        {
            Paths = ["/var/log/a.log"],
            Parse = new ParseOptions { Format = "json" },
            Steps = [new() { Drop = "level == debug" }, new() { Redact = new() { Presets = ["email"] } }, new() { Time = new() { Field = "at" } }],
        };
        var problems = new ProblemList();
        using var output = new StringWriter { NewLine = "\n" };
        var plan = InputPlan.Create(options, "inputs[0]", TimeProvider.System, problems);
        new Explainer(plan, "/var/log/a.log", TimeProvider.System, output).Explain(
            "{\"level\":\"debug\"}\n{\"at\":\"2026-11-24T03:05:00Z\",\"n\":1,\"m\":\"a@b.example\"}\r\n{broken"u8.ToArray());
        var lines = output.ToString().Split('\n');
        Assert.Equal(
            """
            record 1: {"level":"debug"}
              json: 1 fields
                level = debug
              steps[0] drop: dropped
            record 2: {"at":"2026-11-24T03:05:00Z","n":1,"m":"a@b.example"}
              json: 3 fields
                at = 2026-11-24T03:05:00Z
                n = 1 (number)
                m = a@b.example
              steps[0] drop: nothing to do
              steps[1] redact: changed
              steps[2] time: changed
              -> {"time":"2026-11-24T03:05:00Z","file":"/var/log/a.log","at":"2026-11-24T03:05:00Z","n":1,"m":"[redacted]"}
            record 3: {broken
            """.Split('\n'),
            lines[..14]);
        Assert.StartsWith("  json: no match: at byte ", lines[14], StringComparison.Ordinal);
        Assert.Equal("  steps[2] time: could not be taken; the record goes on as it is", lines[17]);
        Assert.Equal("3 records, 1 not of the format, 1 dropped", lines[^2]);
    }

    [Fact]
    public async Task Command_PicksTheInputByPath_AndGroupsLines()
    {
        using var folder = new TempFolder();
        var configuration = folder.Write("collector.yaml", """
            inputs:
              - paths: [/var/log/a.log]
              - paths: [/var/log/b.log]
                multiline: java
            """);
        var sample = folder.Write("sample.log", "error\n\tat a\nnext\n");
        var (exitCode, output, error) = await SidecarProcess.RunAsync("collector", ["explain", "--config", configuration, "--file-name", "/var/log/b.log", sample]);
        Assert.True(exitCode == 0, error);
        Assert.StartsWith("inputs[1] for /var/log/b.log\nrecord 1: error\n", output, StringComparison.Ordinal);
        Assert.EndsWith("2 records, 0 not of the format, 0 dropped\n", output, StringComparison.Ordinal);
    }
}
