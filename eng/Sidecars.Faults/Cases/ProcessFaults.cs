using System.Globalization;

namespace Sidecars.Faults.Cases;

/// <summary>What happens to the collector's process.</summary>
internal static class ProcessFaults
{
    private const int Some = 200_000;

    private static readonly FileChange[] Rotations = [FileChange.RenameAndCreate, FileChange.RenameBeforeCreate];

    /// <summary>kill -9 at any moment: while it starts, while it delivers, while files are rotated.</summary>
    public static async Task<FaultReport> KillAsync(FaultRun run)
    {
        run.StartWriters(2, new WriterHabits { Changes = Rotations });
        for (var round = 0; round < run.Rounds; round++)
        {
            run.Start();
            await MomentAsync(run).ConfigureAwait(false);
            await run.Collector.KillAsync().ConfigureAwait(false);
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>SIGTERM with 2 s to live, while the writers go on and the receiver is slow.</summary>
    public static async Task<FaultReport> TerminateAsync(FaultRun run)
    {
        run.More = "shutdown: { timeout: 2s }";
        run.StartWriters(2, new WriterHabits { Changes = Rotations });
        for (var round = 0; round < run.Rounds; round++)
        {
            run.Receiver.Behave(random => random.Next(3) == 0 ? Mood.Slow : Mood.Well);
            run.Start();
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            await run.Collector.TerminateAsync(mayBeCutShort: true).ConfigureAwait(false);
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>The writer writes its last lines and ends, and SIGTERM comes at once: nothing may be missing when the process ends.</summary>
    public static async Task<FaultReport> ShutdownAsync(FaultRun run)
    {
        var writer = run.AddWriter(new WriterHabits { LateLines = 0 });
        var times = new List<double>();
        for (var round = 0; round < run.Rounds && run.Problems.Count == 0; round++)
        {
            run.Start();
            await writer.WriteLinesAsync(1).ConfigureAwait(false);
            await run.TookAsync(1).ConfigureAwait(false);
            await writer.WriteLinesAsync(run.Random.Next(1, 300)).ConfigureAwait(false);
            if (run.Random.Next(3) == 0)
            {
                await writer.WriteLastLineAsync().ConfigureAwait(false);
            }

            var took = await run.Collector.TerminateAsync().ConfigureAwait(false);
            times.Add(took.TotalMilliseconds);
            run.Check(run.Delivered.MissingLines, 0, string.Create(CultureInfo.InvariantCulture, $"lines missing after SIGTERM in round {round}"));
            await writer.ChangeAsync(FileChange.Delete).ConfigureAwait(false);
        }

        times.Sort();
        double Percentile(double part) => times[(int)(part * (times.Count - 1))];
        return run.Report(string.Create(CultureInfo.InvariantCulture, $"{times.Count} ends, ms from SIGTERM to the end: p50 {Percentile(0.5):0}, p90 {Percentile(0.9):0}, p99 {Percentile(0.99):0}, longest {times[^1]:0}"));
    }

    /// <summary>The clock is set by up to years, back and forth, while lines are delivered and tried again, over ends and kills.</summary>
    public static async Task<FaultReport> ClockAsync(FaultRun run)
    {
        var clock = new SteppedClock(run.Folder["clock"]);
        run.Collector.Through = clock.Through;
        run.More = "shutdown: { timeout: 2s }";
        run.StartWriters(2, new WriterHabits { Changes = Rotations });
        for (var round = 0; round < run.Rounds; round++)
        {
            run.Start();
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            clock.Step(TimeSpan.FromMinutes(run.Random.Next(-3_000_000, 3_000_000)));
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            if (run.Random.Next(2) == 0)
            {
                await run.Collector.KillAsync().ConfigureAwait(false);
            }
            else
            {
                await run.Collector.TerminateAsync(mayBeCutShort: true).ConfigureAwait(false);
            }
        }

        var later = TimeSpan.FromDays(10_000);
        clock.Step(later);
        run.Start();
        await run.TookAsync(1).ConfigureAwait(false);
        await run.Collector.TerminateAsync(mayBeCutShort: true).ConfigureAwait(false);
        var year = (TimeProvider.System.GetUtcNow() + later).Year;
        run.Check(run.Collector.Errors.Contains(string.Create(CultureInfo.InvariantCulture, $"{{\"@t\":\"{year}"), StringComparison.Ordinal) ? 0 : 1, 0, "clocks that were not set");
        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>Kills, ends, outages, moods, rotations and truncations, all in one.</summary>
    public static async Task<FaultReport> MixedAsync(FaultRun run)
    {
        run.More = "shutdown: { timeout: 2s }\nreclaim: after-delivery";
        run.StartWriters(2, new WriterHabits { Changes = Rotations, ChangeChance = 0.05 });
        run.StartWriters(1, new WriterHabits { Changes = [FileChange.Truncate], IsSplitting = false });
        for (var round = 0; round < run.Rounds; round++)
        {
            if (!run.Collector.IsRunning)
            {
                run.Start();
            }

            run.Receiver.Listen();
            run.Receiver.Behave(random => random.Next(3) > 0 ? Mood.Well : (Mood)random.Next((int)Mood.Late + 1));
            await MomentAsync(run).ConfigureAwait(false);
            switch (run.Random.Next(4))
            {
                case 0:
                    run.Receiver.Refuse();
                    await run.WroteAsync(Some).ConfigureAwait(false);
                    break;
                case 1:
                    await run.TookAsync(1).ConfigureAwait(false);
                    await run.Collector.TerminateAsync(mayBeCutShort: true).ConfigureAwait(false);
                    break;
                default:
                    await run.Collector.KillAsync().ConfigureAwait(false);
                    break;
            }
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }

    private static Task MomentAsync(FaultRun run) =>
        run.Random.Next(3) == 0 ? run.WroteAsync(run.Random.Next(Some)) : run.TookAsync(run.Random.Next(1, Some));
}
