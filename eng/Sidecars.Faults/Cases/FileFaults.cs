using Sidecars.Testing;

namespace Sidecars.Faults.Cases;

/// <summary>What happens to the files.</summary>
internal static class FileFaults
{
    private const int Some = 300_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(150);

    /// <summary>Many rotations a second, with late writes, both ways round; the old names are not followed.</summary>
    public static async Task<FaultReport> RotationAsync(FaultRun run)
    {
        run.Pattern = "*.log";

        // what was moved away before the collector was there is not looked for
        run.Start();
        await run.AddWriter(new WriterHabits()).WriteLinesAsync(1).ConfigureAwait(false);
        await run.TookAsync(1).ConfigureAwait(false);
        run.StartWriters(3, new WriterHabits { Changes = [FileChange.RenameAndCreate, FileChange.RenameBeforeCreate], ChangeChance = 0.1 });
        for (var round = 0; round < run.Rounds; round++)
        {
            run.Receiver.Behave(random => random.Next(10) < round % 4 ? Mood.Slow : Mood.Well);
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>Files are deleted while they hold what is not delivered.</summary>
    public static async Task<FaultReport> DeletionAsync(FaultRun run)
    {
        run.Pattern = "*.log";
        run.StartWriters(2, new WriterHabits { Changes = [FileChange.Delete], ChangeChance = 0.05 });
        run.Start();
        for (var round = 0; round < run.Rounds; round++)
        {
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            run.Receiver.Refuse();
            await run.WroteAsync(run.Random.Next(Some)).ConfigureAwait(false);
            run.Receiver.Listen();
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Truncation in place of what is delivered, at once grown past the old size, with lines of equal and of different lengths, while
    /// the collector runs and while it does not; beside it a file that is truncated at any moment, whose writer may lose what nobody
    /// had read, but nothing else.
    /// </summary>
    public static async Task<FaultReport> TruncationAsync(FaultRun run)
    {
        var writer = run.AddWriter(new WriterHabits { EqualLength = run.Random.Next(2) * 100, IsSplitting = false });
        run.StartWriters(1, new WriterHabits { Changes = [FileChange.Truncate], IsSplitting = false });
        run.Start();
        for (var round = 0; round < run.Rounds; round++)
        {
            await writer.WriteLinesAsync(run.Random.Next(1, 2000)).ConfigureAwait(false);
            await DeliveredAsync(run, writer).ConfigureAwait(false);
            var isStopped = run.Random.Next(4) == 0;
            if (isStopped)
            {
                await run.Collector.KillAsync().ConfigureAwait(false);
            }

            await writer.ChangeAsync(run.Random.Next(3) == 0 ? FileChange.Truncate : FileChange.TruncateAndRegrow).ConfigureAwait(false);
            if (isStopped)
            {
                run.Start();
            }
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>Rotated while the collector is stopped, with lines that it has not read, and a path without a wildcard.</summary>
    public static async Task<FaultReport> RotatedWhileStoppedAsync(FaultRun run)
    {
        run.Pattern = "w0.log";
        var writer = run.AddWriter(new WriterHabits());
        for (var round = 0; round < run.Rounds; round++)
        {
            run.Start();
            await writer.WriteLinesAsync(run.Random.Next(1, 1000)).ConfigureAwait(false);
            await run.TookAsync(1).ConfigureAwait(false);
            await DeliveredAsync(run, writer).ConfigureAwait(false);
            await run.Collector.KillAsync().ConfigureAwait(false);
            await writer.WriteLinesAsync(run.Random.Next(1000)).ConfigureAwait(false);
            await writer.ChangeAsync(run.Random.Next(2) == 0 ? FileChange.RenameAndCreate : FileChange.RenameBeforeCreate).ConfigureAwait(false);
            await writer.WriteLinesAsync(run.Random.Next(1, 1000)).ConfigureAwait(false);
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>Deleted and made anew while the collector is stopped: the file system gives the new file the old inode, and the lines have one length.</summary>
    public static async Task<FaultReport> ReusedInodeAsync(FaultRun run)
    {
        var writer = run.AddWriter(new WriterHabits { EqualLength = 100, LateLines = 0 });
        for (var round = 0; round < run.Rounds; round++)
        {
            run.Start();
            var lines = run.Random.Next(1, 1000);
            await writer.WriteLinesAsync(lines).ConfigureAwait(false);
            await DeliveredAsync(run, writer).ConfigureAwait(false);
            await run.Collector.KillAsync().ConfigureAwait(false);
            await writer.ChangeAsync(FileChange.Delete).ConfigureAwait(false);
            await writer.WriteLinesAsync(lines + run.Random.Next(-1, 100)).ConfigureAwait(false);
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    private static Task DeliveredAsync(FaultRun run, LogWriter writer) =>
        Eventually.True(() => run.Delivered.PlaceIn(writer.File.Key) == writer.File.Length || run.Delivered.Problems.Count > 0, Deadline, run.Collector.Tail);
}
