using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>The real process with a receiver that takes nothing, and its end.</summary>
public sealed class SpillTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_no_receiver_took_goes_to_stdout_once_and_every_byte_is_accounted_for()
    {
        var port = FreePort.Next();
        _folder.Write("logs/a.log", "1\n2\n3, no newline");
        File.CreateSymbolicLink(_folder["full.log"], "/dev/full");
        File.CreateSymbolicLink(_folder["full too.log"], "/dev/full");
        var config = _folder.Write("collector.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            shutdown: { timeout: 5s }
            spill: stdout
            inputs:
              - paths: ["{{_folder["logs/*.log"]}}"]
            outputs:
              - file: { path: "{{_folder["full.log"]}}" }
              - { name: other, file: { path: "{{_folder["full too.log"]}}" } }
              - { name: works, file: { path: "{{_folder["out.log"]}}" } }
            state: { directory: "{{_folder["state"]}}" }
            """);
        await using var collector = SidecarProcess.Start("collector", port, ["--config", config]);
        await collector.WaitReadyAsync();
        await Eventually.Equal("1\n2\n", () => File.Exists(_folder["out.log"]) ? File.ReadAllText(_folder["out.log"]) : "", TimeSpan.FromMinutes(1));
        Assert.Equal("", collector.Output);
        await collector.TerminateAsync();
        Assert.Equal("1\n2\n3, no newline\n", collector.Output);
        var last = collector.Error.TrimEnd().Split('\n')[^1];
        Assert.Contains("file: 17 bytes = 0 delivered (0 lines) + 17 spilled to standard output + 0 undelivered", last, StringComparison.Ordinal);
        Assert.Contains("other: 17 bytes = 0 delivered (0 lines) + 17 spilled to standard output + 0 undelivered", last, StringComparison.Ordinal);
    }
}
