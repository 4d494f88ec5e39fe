namespace Sidecars.Faults.Cases;

/// <summary>A case of the suite.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Rounds">How often the fault happens in a run among the tests.</param>
/// <param name="ManyRounds">How often it happens in a long run.</param>
/// <param name="Act">What happens.</param>
internal sealed record FaultCase(string Name, int Rounds, int ManyRounds, Func<FaultRun, Task<FaultReport>> Act)
{
    public async Task<FaultReport> RunAsync(FaultSettings settings)
    {
        await using var run = new FaultRun(Name, settings);
        return await Act(run).ConfigureAwait(false);
    }
}

/// <summary>All cases.</summary>
internal static class FaultCases
{
    public static IReadOnlyList<FaultCase> All { get; } =
    [
        new("kill", 3, 8, ProcessFaults.KillAsync),
        new("terminate", 2, 6, ProcessFaults.TerminateAsync),
        new("shutdown", 20, 1000, ProcessFaults.ShutdownAsync),
        new("clock", 2, 6, ProcessFaults.ClockAsync),
        new("receiver", 6, 20, ReceiverFaults.MoodsAsync),
        new("outage", 2, 5, ReceiverFaults.OutageAsync),
        new("rotation", 3, 10, FileFaults.RotationAsync),
        new("deletion", 3, 10, FileFaults.DeletionAsync),
        new("truncation", 6, 20, FileFaults.TruncationAsync),
        new("stopped", 2, 6, FileFaults.RotatedWhileStoppedAsync),
        new("reuse", 2, 6, FileFaults.ReusedInodeAsync),
        new("state-full", 2, 5, VolumeFaults.StateFullAsync),
        new("file-full", 2, 5, VolumeFaults.FileFullAsync),
        new("volume", 128, 2048, VolumeFaults.ReclaimAsync),
        new("nginx-volume", 96, 2048, VolumeFaults.NginxAsync),
        new("mixed", 5, 15, ProcessFaults.MixedAsync),
    ];
}
