using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Options;

public sealed class ShapingValidationTests
{
    [Fact]
    public async Task Check_ShortForms_AreTaken()
    {
        var (exitCode, error) = await CheckAsync("""
            inputs:
              - paths: [/var/log/a.log]
                parse: json
                steps:
                  - drop: status == 204
                  - redact: email
                  - redact: [ipv4, card]
                  - sample: 0.5
                  - rate_limit: 100
                  - severity: lvl
                  - time: { field: at, format: epoch_ms }
                    when: exists(at)
            """);
        Assert.True(exitCode == 0, error);
    }

    [Fact]
    public async Task Check_Mistakes_AreAllToldWithTheirPlaces()
    {
        var (exitCode, error) = await CheckAsync("""
            inputs:
              - paths: [/var/log/a.log]
                parse: jsno
                steps:
                  - drop: status = 204
                  - redact: [emial]
                  - { keep: a == 1, drop: b == 1 }
                  - redact: { patterns: ["(a"] }
                  - time: { field: at, format: "" }
                  - add: { x: "{" }
                  - severity: { default: loud }
                  - remove: [a]
                    when: a >
            """);
        Assert.Equal(2, exitCode);
        Assert.Contains(":3:12: inputs[0].parse.format: 'jsno' is not a known format", error, StringComparison.Ordinal);
        Assert.Contains(":5:15: inputs[0].steps[0].drop: at character 8: '=' cannot stand here", error, StringComparison.Ordinal);
        Assert.Contains(":6:17: inputs[0].steps[1].redact.presets[0]: 'emial' is no preset", error, StringComparison.Ordinal);
        Assert.Contains("inputs[0].steps[2]: a step is exactly one of", error, StringComparison.Ordinal);
        Assert.Contains("inputs[0].steps[3].redact.patterns[0]: no regular expression", error, StringComparison.Ordinal);
        Assert.Contains("inputs[0].steps[4].time.format: ", error, StringComparison.Ordinal);
        Assert.Contains("inputs[0].steps[5].add.x: the brace at character 1", error, StringComparison.Ordinal);
        Assert.Contains("inputs[0].steps[6].severity.default: 'loud' is no severity", error, StringComparison.Ordinal);
        Assert.Contains("inputs[0].steps[7].when: at character 4: the expression ends too early", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Error)> CheckAsync(string yaml)
    {
        using var folder = new TempFolder();
        var (exitCode, _, error) = await SidecarProcess.RunAsync("collector", ["check", folder.Write("collector.yaml", yaml)]);
        return (exitCode, error);
    }
}
