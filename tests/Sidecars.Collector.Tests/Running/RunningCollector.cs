using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>The real process on files of a temporary folder: logs/*.log to standard output and to out.log, cursors in state.</summary>
internal sealed class RunningCollector(TempFolder folder) : IAsyncDisposable
{
    private readonly int _port = FreePort.Next();
    private SidecarProcess? _process;

    public SidecarProcess Process => _process ?? throw new InvalidOperationException("not started");

    /// <summary>What to follow; a path in the folder.</summary>
    public string Paths { get; init; } = "logs/*.log";

    /// <summary>More configuration, in YAML.</summary>
    public string Configuration { get; init; } = "";

    public string[] Delivered => File.Exists(folder["out.log"]) ? File.ReadAllLines(folder["out.log"]) : [];

    public static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => $"{i:000000}")];

    public async Task StartAsync()
    {
        _process = SidecarProcess.Start("collector", _port,
        [
            "--config", folder.Write("collector.yaml", Configuration), "--paths", folder[Paths], "--file", folder["out.log"], "--state", folder["state"], "--admin", $"127.0.0.1:{_port}",
        ]);
        await _process.WaitReadyAsync();
    }

    /// <summary>What is done while it stands still happens, to it, between two looks.</summary>
    public void WhileItStandsStill(Action action)
    {
        Process.Signal(UnixSignal.Stop);
        action();
        Process.Signal(UnixSignal.Continue);
    }

    public async Task KillAsync()
    {
        Process.Signal(UnixSignal.Kill);
        await Process.WaitForExitAsync();
        await Process.DisposeAsync();
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
