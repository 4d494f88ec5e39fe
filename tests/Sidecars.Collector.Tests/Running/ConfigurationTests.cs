using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_any_configuration_nginx_logs_go_to_stdout()
    {
        var (exitCode, output, _) = await SidecarProcess.RunAsync("collector", ["config"]);
        Assert.Equal(0, exitCode);
        Assert.Contains("/var/log/nginx/*.log", output, StringComparison.Ordinal);
        Assert.Contains("stdout:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_is_reported_with_its_place()
    {
        var path = _folder.Write("collector.yaml", """
            inputs:
              - paths: [logs/*.log]
            outputs:
              - stdout: {}
              - stdout: {}
              - file: { path: /logs/out.log, keep: 0 }
            """);
        var (exitCode, _, error) = await SidecarProcess.RunAsync("collector", ["check", path]);
        Assert.Equal(2, exitCode);
        Assert.Contains("collector.yaml:6:40: outputs[2].file.keep: 0 is out of range", error, StringComparison.Ordinal);
        _folder.Write("collector.yaml", File.ReadAllText(path).Replace(", keep: 0", "", StringComparison.Ordinal));
        (exitCode, _, error) = await SidecarProcess.RunAsync("collector", ["check", path]);
        Assert.Equal(2, exitCode);
        Assert.Contains("collector.yaml:2:13: inputs[0].paths[0]", error, StringComparison.Ordinal);
        Assert.Contains("collector.yaml:5:5: outputs[1]", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_configuration_goes_on_with_the_same_cursors()
    {
        _folder.Write("logs/a.log", "1\n");
        var port = FreePort.Next();
        string Yaml(string more) => $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            inputs:
              - paths: ["{{_folder["logs/*.log"]}}"]
            outputs:
              - stdout: {}
            {{more}}
            state: { directory: "{{_folder["state"]}}" }
            """;
        var config = _folder.Write("collector.yaml", Yaml(""));
        await using var collector = SidecarProcess.Start("collector", port, ["--config", config]);
        await collector.WaitReadyAsync();
        await Eventually.Equal("1\n", () => collector.Output);
        File.WriteAllText(config, Yaml($"  - file: {{ path: \"{_folder["out.log"]}\" }}"));
        await Eventually.True(() => File.Exists(_folder["out.log"]) && File.ReadAllText(_folder["out.log"]) == "1\n", state: () => collector.Error);
        File.AppendAllText(_folder["logs/a.log"], "2\n");
        await Eventually.Equal("1\n2\n", () => collector.Output);
        await Eventually.Equal("1\n2\n", () => File.ReadAllText(_folder["out.log"]));
        Assert.Equal(0, await collector.TerminateAsync());
    }
}
