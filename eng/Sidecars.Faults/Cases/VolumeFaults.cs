using System.Globalization;
using Sidecars.Testing;

namespace Sidecars.Faults.Cases;

/// <summary>Volumes that are full.</summary>
internal static class VolumeFaults
{
    private const long MiB = 1024 * 1024;
    private const long Room = 64 * MiB;
    private const int Some = 200_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(150);

    /// <summary>The volume of the cursors is full: delivery waits, also over a kill, and nothing is repeated but the batch in flight.</summary>
    public static async Task<FaultReport> StateFullAsync(FaultRun run)
    {
        run.State = run.Folder.Folder("state");
        await using var volume = await PrivateVolume.MountAsync(run.State, MiB / 2).ConfigureAwait(false);
        run.Collector.Through = volume.Enter;
        run.StartWriters(2, new WriterHabits());
        run.Start();
        for (var round = 1; round <= run.Rounds; round++)
        {
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            var ballast = volume.Fill();
            await HoldsAsync(run, round).ConfigureAwait(false);
            await run.WroteAsync(run.Random.Next(Some)).ConfigureAwait(false);
            var isKilled = run.Random.Next(2) == 0;
            if (isKilled)
            {
                await run.Collector.KillAsync().ConfigureAwait(false);
            }

            File.Delete(ballast);
            if (isKilled)
            {
                run.Start();
            }
        }

        return await EndAsync(run).ConfigureAwait(false);
    }

    /// <summary>The volume of a file output is full: the other output goes on, and the file gets every line in the end.</summary>
    public static async Task<FaultReport> FileFullAsync(FaultRun run)
    {
        await using var volume = await PrivateVolume.MountAsync(run.Folder.Folder("out"), 256 * MiB).ConfigureAwait(false);
        run.Collector.Through = volume.Enter;
        run.Outputs = $"{run.ReceiverOutput}\n  - file: {{ path: \"{volume.Inside}/out.log\" }}\n    retry: {{ first: 10ms, most: 250ms }}\n    batch: {{ bytes: {run.BatchLimit} }}";
        run.StartWriters(2, new WriterHabits());
        run.Start();
        for (var round = 0; round < run.Rounds; round++)
        {
            await run.TookAsync(run.Random.Next(1, Some)).ConfigureAwait(false);
            var ballast = volume.Fill();
            await run.TookAsync(run.Random.Next(1, 2 * Some)).ConfigureAwait(false);
            var isKilled = run.Random.Next(2) == 0;
            if (isKilled)
            {
                await run.Collector.KillAsync().ConfigureAwait(false);
            }

            File.Delete(ballast);
            if (isKilled)
            {
                run.Start();
            }
        }

        await run.StopWritersAsync().ConfigureAwait(false);
        var file = await FileAsync(run, Path.Combine(volume.Outside, "out.log")).ConfigureAwait(false);
        run.Check(file.Problems);
        run.Check(file.MissingLines, 0, "lines missing in the file");
        run.Check(file.Torn, run.Collector.Kills, "torn lines in the file");
        run.Check(file.RepeatedBytes, (long)run.Collector.Kills * run.BatchLimit, "bytes repeated in the file");
        return await EndAsync(run).ConfigureAwait(false);
    }

    /// <summary>Much more than there is room for goes through a volume of 64 MiB, at the writer's full speed.</summary>
    public static async Task<FaultReport> ReclaimAsync(FaultRun run)
    {
        await using var volume = await MountLogsAsync(run).ConfigureAwait(false);
        run.Start();
        run.StartWriters(1, new WriterHabits { IsPaced = false, LinesPerTick = 1000, LineLimit = -1, IsSplitting = false });
        var most = await FlowAsync(run, volume).ConfigureAwait(false);
        await run.StopWritersAsync().ConfigureAwait(false);
        return await EmptyAsync(run, volume, most, "").ConfigureAwait(false);
    }

    /// <summary>
    /// The same with a real nginx as the writer. It does not wait for room as the other does, but loses what a full disk does not take:
    /// the requests wait while there is little left, and how often they had to is told.
    /// </summary>
    public static async Task<FaultReport> NginxAsync(FaultRun run)
    {
        await using var volume = await MountLogsAsync(run).ConfigureAwait(false);
        run.Pattern = "access.log";
        await using var nginx = await NginxServer.StartAsync(new NginxSettings
        {
            AccessLog = Path.Combine(run.Logs, "access.log"),
            LogFormat = "$arg_l",
            Server = "keepalive_requests 1000000000;",
        }).ConfigureAwait(false);
        run.Start();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 2)
            .Select(number => new NginxWriter(run.Written, number, nginx.Port, new Random(run.Random.Next()), () => volume.UsedBytes < Room * 3 / 4))
            .ToArray();
        var writing = Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(stop.Token))));
        var most = await FlowAsync(run, volume, writing).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        return await EmptyAsync(run, volume, most, string.Create(CultureInfo.InvariantCulture, $", {writers.Sum(writer => writer.Waits)} waits for room")).ConfigureAwait(false);
    }

    private static async Task<PrivateVolume> MountLogsAsync(FaultRun run)
    {
        var volume = await PrivateVolume.MountAsync(run.Logs, Room).ConfigureAwait(false);
        (run.LogsInside, run.Logs) = (volume.Inside, volume.Outside);
        run.Collector.Through = volume.Enter;
        run.More = "reclaim: after-delivery";
        run.IsJson = false;
        return volume;
    }

    /// <summary>Waits until as much was written as the run is to write; returns the most bytes in use meanwhile.</summary>
    private static async Task<long> FlowAsync(FaultRun run, PrivateVolume volume, Task? writing = null)
    {
        long most = 0;
        await Eventually.True(
            () =>
            {
                most = Math.Max(most, volume.UsedBytes);
                return run.Written.Bytes >= run.Rounds * MiB || run.Delivered.Problems.Count > 0 || writing is { IsCompleted: true };
            },
            TimeSpan.FromMinutes(10),
            run.Collector.Tail).ConfigureAwait(false);
        return most;
    }

    /// <summary>Once everything is delivered nothing of it is left on the volume.</summary>
    private static async Task<FaultReport> EmptyAsync(FaultRun run, PrivateVolume volume, long most, string figures)
    {
        await run.CompleteAsync().ConfigureAwait(false);
        await Eventually.True(() => volume.UsedBytes < MiB, Deadline, () => $"{volume.UsedBytes} bytes in use").ConfigureAwait(false);
        return await EndAsync(run, string.Create(CultureInfo.InvariantCulture, $"at most {most / MiB} MiB in use, {volume.UsedBytes / 1024} KiB at the end{figures}")).ConfigureAwait(false);
    }

    /// <summary>The volume must outlive the collector.</summary>
    private static async Task<FaultReport> EndAsync(FaultRun run, string figures = "")
    {
        var report = await run.FinishAsync(figures).ConfigureAwait(false);
        await run.Collector.DisposeAsync().ConfigureAwait(false);
        return report;
    }

    private static Task HoldsAsync(FaultRun run, int round) => Eventually.True(
        () => run.Collector.Errors.Split("cannot be written any more").Length > round, Deadline, run.Collector.Tail);

    private static async Task<Delivered> FileAsync(FaultRun run, string path)
    {
        Delivered Read()
        {
            var delivered = new Delivered(run.Written);
            delivered.AddLines(File.ReadAllBytes(path));
            return delivered;
        }

        try
        {
            return await Eventually.Value(() => Task.FromResult(Read()), delivered => delivered.IsComplete || delivered.Problems.Count > 0, Deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Read();
        }
    }
}
