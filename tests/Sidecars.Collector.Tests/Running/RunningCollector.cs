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

    public string[] Delivered => File.Exists(folder["out.log"]) ? File.ReadAllLines(folder["out.log"]) : [];

    public static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => $"{i:000000}")];

    public async Task StartAsync()
    {
        _process = SidecarProcess.Start("collector", _port,
        [
            "--paths", folder[Paths], "--file", folder["out.log"], "--state", folder["state"], "--admin", $"127.0.0.1:{_port}",
        ]);
        await _process.WaitReadyAsync();
    }

    public async Task KillAsync()
    {
        Process.Signal(UnixSignal.Kill);
        await Process.WaitForExitAsync();
        await Process.DisposeAsync();
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
