using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>Parsers and steps in the real process, from the configuration to what is delivered and counted.</summary>
public sealed class ShapingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task steps_apply_to_raw_and_json_alike_and_every_drop_is_counted()
    {
        var port = FreePort.Next();
        _folder.Write("app.log", """
            {"at":"2026-11-24T03:05:00Z","level":"debug","m":"noise"}
            {"at":"2026-11-24T03:05:01Z","level":"error","m":"mail to jane@mail.example"}
            no json jane@mail.example

            """);
        var configuration = _folder.Write("collector.yaml", $$"""
            inputs:
              - paths: ['{{_folder["app.log"]}}']
                parse: json
                steps:
                  - drop: level < info
                  - redact: email
                  - time: at
            outputs:
              - { name: raw, file: { path: '{{_folder["raw.out"]}}' } }
              - { name: json, file: { path: '{{_folder["json.out"]}}', encoding: json } }
            state: { directory: '{{_folder["state"]}}' }
            admin: { listen: '127.0.0.1:{{port}}' }
            """);
        await using var process = SidecarProcess.Start("collector", port, ["--config", configuration]);
        await process.WaitReadyAsync();
        await Eventually.Equal(2, () => Lines("raw.out").Length);
        await Eventually.Equal(2, () => Lines("json.out").Length);
        Assert.Equal(["{\"at\":\"2026-11-24T03:05:01Z\",\"level\":\"error\",\"m\":\"mail to [redacted]\"}", "no json [redacted]"], Lines("raw.out"));
        Assert.Equal($$"""{"time":"2026-11-24T03:05:01Z","severity":"error","file":"{{_folder["app.log"]}}","at":"2026-11-24T03:05:01Z","level":"error","m":"mail to [redacted]"}""", Lines("json.out")[0]);
        Assert.EndsWith("\"unparsed\":\"json\",\"line\":\"no json [redacted]\"}", Lines("json.out")[1], StringComparison.Ordinal);
        var metrics = await process.MetricsAsync();
        Assert.Equal(1, metrics.Value("sidecars_collector_dropped_lines_total", ("output", "raw"), ("reason", "drop")));
        Assert.Equal(1, metrics.Value("sidecars_collector_unparsed_lines_total", ("output", "json"), ("parser", "json")));
        Assert.Equal(1, metrics.Value("sidecars_collector_step_errors_total", ("output", "json"), ("step", "time")));
    }

    private string[] Lines(string name) => File.Exists(_folder[name]) ? File.ReadAllLines(_folder[name]) : [];
}
