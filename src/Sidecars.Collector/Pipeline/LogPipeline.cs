using Sidecars.Collector.Checkpoints;
using Sidecars.Collector.Reclaim;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// The files, the cursors and the lanes of one configuration. It may end in two ways: <see cref="StopAsync"/> lets each lane finish
/// the batch in flight; before that, at the end of the process, <see cref="DrainAsync"/> reads every file to its stable end.
/// </summary>
internal sealed class LogPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TimeProvider _time;
    private readonly Lane[] _lanes;
    private Task _running = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;
    private Task _discovering = Task.CompletedTask;

    public LogPipeline(FileDiscovery discovery, CursorStore cursors, IEnumerable<Lane> lanes, TimeProvider time)
    {
        Discovery = discovery;
        Cursors = cursors;
        _lanes = [.. lanes];
        _time = time;
    }

    public FileDiscovery Discovery { get; }

    public CursorStore Cursors { get; }

    public IReadOnlyList<Lane> Lanes => _lanes;

    /// <summary>Where records go that receivers refuse; ends with the pipeline.</summary>
    public DeadLetters? DeadLetters { get; init; }

    /// <summary>Keeps the volume from filling; null when nothing is asked of it.</summary>
    public VolumeKeeper? Volume { get; init; }

    /// <summary>Finds the files and starts the lanes.</summary>
    public void Start()
    {
        Discovery.Scan();
        RecordBeginnings();
        _discovering = Task.Run(() => Discovery.RunAsync(_stop.Token));
        _keeping = Volume is { } volume ? Task.Run(() => volume.RunAsync(_stop.Token)) : Task.CompletedTask;
        _running = Task.WhenAll(_lanes.Select(lane => OnOwnThread(() => lane.Run(_stop.Token, _abort.Token))));
    }

    /// <summary>
    /// Reads until no file changes for a short time and every lane delivered what there is; then delivers last lines without a
    /// newline. The token is the deadline.
    /// </summary>
    public async Task DrainAsync(CancellationToken deadline)
    {
        // no restart is to be spared a repetition any more: what is left behind now may be lost with its volume
        Cursors.StopHolding();
        var before = default(FilesShape);
        var since = _time.GetTimestamp();
        var flushed = new HashSet<Lane>();
        while (flushed.Count < _lanes.Length || !IsIdle() || Discovery.HasCompressedWaiting)
        {
            Discovery.Scan();
            var now = FilesShape.Of(Discovery.Files);
            if (now != before)
            {
                (before, since) = (now, _time.GetTimestamp());
            }

            await Task.Delay(Pause, _time, deadline).ConfigureAwait(false);
            if (_time.GetElapsedTime(since) >= Quiet)
            {
                // one by one: an output whose receiver is down keeps no other from its last lines
                foreach (var lane in _lanes.Where(lane => lane.IsIdle && flushed.Add(lane)))
                {
                    lane.FlushLastLines();
                }
            }
        }
    }

    /// <summary>Ends the lanes, each behind its batch in flight, or without it when the token says so; flushes and saves. False when the cursors could not be saved.</summary>
    public async Task<bool> StopAsync(CancellationToken deadline)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        var registration = deadline.UnsafeRegister(abort => ((CancellationTokenSource)abort!).Cancel(), _abort);
        await using (registration.ConfigureAwait(false))
        {
            await _running.ConfigureAwait(false);
            await _discovering.ConfigureAwait(false);
            await _keeping.ConfigureAwait(false);
        }

        foreach (var lane in _lanes)
        {
            TryFlush(lane);
        }

        // a file that appeared meanwhile was there before what comes next begins
        Discovery.Scan();
        RecordBeginnings();
        return Cursors.Save();
    }

    /// <summary>For each output what became of every byte, in words.</summary>
    public string Account() => string.Join("; ", _lanes.Select(Account));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _abort.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _discovering.ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        Array.ForEach(_lanes, lane => lane.Dispose());
        DeadLetters?.Dispose();
        Discovery.Dispose();
        Cursors.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    private static string Account(Lane lane)
    {
        var (delivered, dropped, pending) = (lane.Metrics.DeliveredBytes, lane.Metrics.DroppedBytes, lane.PendingBytes);
        var words = $"{lane.Name}: {delivered + dropped + pending} bytes = {delivered} delivered ({lane.Metrics.DeliveredLines} lines)";
        words += dropped > 0 ? $" + {dropped} dropped" : "";
        words += lane.SpilledBytes > 0 ? $" + {lane.SpilledBytes} spilled to standard output" : "";
        words += $" + {pending - lane.SpilledBytes} undelivered";
        return lane.Trouble is { } trouble ? $"{words} ({trouble})" : words;
    }

    private static Task OnOwnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private static void TryFlush(Lane lane)
    {
        try
        {
            lane.Flush();
        }
        catch (IOException)
        {
            // acknowledged as far as the system goes; only a power failure could tell the difference
        }
    }

    private void RecordBeginnings()
    {
        foreach (var lane in _lanes)
        {
            Cursors.Begin(lane.Name, Discovery.Files);
        }
    }

    private bool IsIdle() => Array.TrueForAll(_lanes, lane => lane.IsIdle);

    /// <summary>Changes when a file appears, grows or shrinks.</summary>
    private readonly record struct FilesShape(int Count, long Size, long Generations)
    {
        public static FilesShape Of(IReadOnlyCollection<FileFollower> files) =>
            new(files.Count, files.Sum(file => file.Size), files.Sum(file => (long)file.Generation));
    }
}
