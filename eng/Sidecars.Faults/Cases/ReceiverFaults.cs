namespace Sidecars.Faults.Cases;

/// <summary>What a receiver does.</summary>
internal static class ReceiverFaults
{
    private const int Some = 200_000;

    /// <summary>Slow, resetting, answering 429 and 500, answering when nobody waits any more, refusing connections: in turns and mixed.</summary>
    public static async Task<FaultReport> MoodsAsync(FaultRun run)
    {
        run.RequestTimeout = TimeSpan.FromMilliseconds(500);
        run.Receiver.Latest = TimeSpan.FromSeconds(1);
        run.StartWriters(2, new WriterHabits());
        run.Start();
        var first = run.Random.Next((int)Mood.Late + 1);
        for (var round = 0; round < run.Rounds; round++)
        {
            var mood = (Mood)((first + round) % ((int)Mood.Late + 1));
            var chance = run.Random.NextDouble();
            run.Receiver.Behave(random => random.NextDouble() < chance ? mood : Mood.Well);
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            if (run.Random.Next(3) == 0)
            {
                run.Receiver.Refuse();
                await run.WroteAsync(run.Random.Next(Some)).ConfigureAwait(false);
                run.Receiver.Listen();
            }
        }

        await run.StopWritersAsync().ConfigureAwait(false);
        run.Receiver.Behave(_ => Mood.Well);
        await run.CompleteAsync().ConfigureAwait(false);

        // a batch that was taken, but not in the sender's time
        var page = await run.Collector.MetricsAsync().ConfigureAwait(false);
        run.Interruptions += (int)page.Sum("sidecars_collector_delivery_failures_total", ("reason", "timeout"));
        return await run.FinishAsync().ConfigureAwait(false);
    }

    /// <summary>The receiver is down, the collector is killed or ended meanwhile, then both come back.</summary>
    public static async Task<FaultReport> OutageAsync(FaultRun run)
    {
        run.More = "shutdown: { timeout: 2s }";
        run.StartWriters(2, new WriterHabits { Changes = [FileChange.RenameAndCreate], ChangeChance = 0.005 });
        for (var round = 0; round < run.Rounds; round++)
        {
            run.Receiver.Listen();
            run.Start();
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            run.Receiver.Refuse();
            await run.WroteAsync(run.Random.Next(2 * Some)).ConfigureAwait(false);
            await (run.Random.Next(2) == 0 ? run.Collector.KillAsync() : run.Collector.TerminateAsync(mayBeCutShort: true)).ConfigureAwait(false);
            await run.WroteAsync(run.Random.Next(Some)).ConfigureAwait(false);
        }

        return await run.FinishAsync().ConfigureAwait(false);
    }
}
