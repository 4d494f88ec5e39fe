using System.Collections.Concurrent;
using Sidecars.Collector.Checkpoints;
using Sidecars.Collector.Outputs;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// One output on its way through all files, at its own pace: it reads for itself, with one buffer and one batch in flight, so a slow
/// output holds up no other and its back-pressure reaches only the files.
/// It has a thread of its own that sleeps while nothing happens: a line passes from the file to the receiver, and the acknowledgement
/// to the cursor, without a change of threads where the output can wait for its answer in the kernel.
/// <para>
/// The contract at the end: <c>stop</c> ends the lane between two batches, when the one in flight is acknowledged; <c>abort</c> ends
/// it at once, and that batch goes back to the file, as its cursor has not moved.
/// </para>
/// </summary>
internal sealed class Lane(Output output, BatchEncoder encoder, LineReader reader, LaneFiles files, LaneSettings settings) : IDisposable
{
    private readonly ConcurrentDictionary<FileFollower, TailPosition> _positions = new();
    private readonly ConcurrentDictionary<FileFollower, byte> _lookedAtSoon = new();
    private readonly ConcurrentDictionary<FileFollower, (int Generation, long Offset)> _givenUpTo = new();
    private readonly LaneLag _lag = new(settings.Time);
    private readonly BatchDelivery _delivery = new(output, encoder, settings);
    private readonly CollectorMetrics.OutputMetrics _metrics = settings.Metrics;
    private bool _isFlushing;
    private bool _couldNotRead;

    public string Name => output.Name;

    /// <summary>Every file was looked at, and nothing is in flight.</summary>
    public bool IsIdle => files.Feed.IsIdle;

    /// <summary>Why the batch in flight is not acknowledged yet; null when nothing is wrong.</summary>
    public string? Trouble => files.Cursors.IsHeld ? "state.directory cannot be written" : _delivery.Trouble;

    /// <summary>Since when there is trouble with the receiver; null when nothing is wrong.</summary>
    public DateTimeOffset? TroubleSince => _delivery.TroubleSince;

    /// <summary>It waits for the state directory, with which nothing may be delivered.</summary>
    public bool IsPaused => files.Cursors.IsHeld;

    /// <summary>What is in the files and not acknowledged.</summary>
    public long PendingBytes => files.Discovery.Files.Sum(PendingIn);

    /// <summary>Bytes that went to standard output at the end instead; they are pending too.</summary>
    public long SpilledBytes { get; private set; }

    public CollectorMetrics.OutputMetrics Metrics => _metrics;

    /// <summary>Delivers until it is told to end. It keeps its thread, which is not to be one of the pool.</summary>
    public void Run(CancellationToken stop, CancellationToken abort)
    {
        try
        {
            while (true)
            {
                var serving = TryServeAsync(files.Feed.Next(stop), stop, abort);
                if (serving.IsCompletedSuccessfully)
                {
                    serving.GetAwaiter().GetResult();
                }
                else
                {
                    serving.AsTask().GetAwaiter().GetResult();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested || abort.IsCancellationRequested)
        {
            // asked to end
        }
    }

    /// <summary>From now on a last line without its newline is delivered too; every file is looked at once more.</summary>
    public void FlushLastLines()
    {
        Volatile.Write(ref _isFlushing, true);
        files.Feed.RequeueAll();
    }

    /// <summary>Where a file is not acknowledged from on; a position of the caller's own.</summary>
    public TailPosition RestOf(FileFollower file) => !_positions.TryGetValue(file, out var position) ? Resume(file)
        : position.Generation == file.Generation ? new TailPosition(file, position.Offset, position.Window)
        : new TailPosition(file, 0);

    /// <summary>How far it is in a file.</summary>
    public LaneProgress ProgressIn(FileFollower file)
    {
        var pending = PendingIn(file);
        return new LaneProgress(pending, _lag.AgeOf(file, pending), LinesIn(file));
    }

    /// <summary>The lines that it read from a file since it follows it.</summary>
    public long LinesIn(FileFollower file) => _positions.TryGetValue(file, out var position) ? position.Lines : 0;

    /// <summary>So many pending bytes went to standard output.</summary>
    public void Spilled(long bytes)
    {
        SpilledBytes += bytes;
        _metrics.Spilled(bytes);
    }

    /// <summary>Brings the gauges up to date.</summary>
    public void Report()
    {
        var pending = files.Discovery.Files.Select(file => (file, PendingIn(file))).ToArray();
        _metrics.SetPending(pending.Sum(entry => entry.Item2));
        _metrics.SetLag(_lag.Of(pending));
    }

    /// <summary>The lines of a file up to a place are not to be delivered any more; a batch that waits for its receiver is given back.</summary>
    public void GiveUp(FileFollower file, long offset)
    {
        _givenUpTo[file] = (file.Generation, offset);
        _delivery.GiveBack();
        files.Feed.Requeue(file);
    }

    /// <summary>Makes durable what was acknowledged.</summary>
    public void Flush() => output.Flush();

    public void Dispose()
    {
        _delivery.Dispose();
        output.Dispose();
        encoder.Dispose();
    }

    /// <summary>A mistake of ours must not end the lane in silence: it goes on from what was acknowledged.</summary>
    private async ValueTask TryServeAsync(FileFollower file, CancellationToken stop, CancellationToken abort)
    {
        try
        {
            await ServeAsync(file, stop, abort).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // whatever it is, the lines are still in the file
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            settings.Log.LaneFailed(Name, file.Path, exception);
            await Task.Delay(settings.LastRetry, settings.Time, stop).ConfigureAwait(false);
            files.Feed.Requeue(file);
        }
    }

    private async ValueTask ServeAsync(FileFollower file, CancellationToken stop, CancellationToken abort)
    {
        var position = _positions.GetOrAdd(file, static (file, lane) => lane.Resume(file), this);
        var isLastCall = files.Feed.IsLastCall(position);
        var flush = isLastCall || Volatile.Read(ref _isFlushing);
        while (TryRead(position, flush, out var block))
        {
            if (!await ServeBlockAsync(position, block, flush, stop, abort).ConfigureAwait(false))
            {
                return;
            }
        }

        // what could not be read is tried again: a rotated or compressed file is signalled at every look
        if (isLastCall && !_couldNotRead)
        {
            Release(file);
        }
    }

    /// <summary>Delivers a block, or as much of it as goes into a batch; false when the file is not to be read on at once.</summary>
    private async ValueTask<bool> ServeBlockAsync(TailPosition position, LineBlock block, bool flush, CancellationToken stop, CancellationToken abort)
    {
        if (DropGivenUp(position, block))
        {
            return true;
        }

        if (settings.Limits.Wait(block, flush) is { } age)
        {
            _ = LookAgainAsync(block.File, age, stop);
            return false;
        }

        await files.Cursors.WhileHeldAsync(stop).ConfigureAwait(false);
        var batch = encoder.Encode(settings.Limits.Cut(block), flush);
        if (batch.Length > 0 && !await DeliverAsync(position, batch, !block.IsWhole && !block.ReachedEnd, abort).ConfigureAwait(false))
        {
            files.Feed.Requeue(block.File);
            return false;
        }

        if (block.ReachedEnd && batch.Block.End == block.End)
        {
            _lag.CaughtUp(block.File);
        }

        stop.ThrowIfCancellationRequested();
        if (encoder.HeldBackFor is { } wait)
        {
            _ = LookAgainAsync(block.File, wait, stop);
            return false;
        }

        if (files.Feed.HasMore)
        {
            files.Feed.Requeue(block.File);
            return false;
        }

        // what is written from now on is told by the feed: no need to look in vain
        return flush || !block.ReachedEnd || batch.Block.End < block.End;
    }

    private long PendingIn(FileFollower file) =>
        _positions.TryGetValue(file, out var position) ? position.Pending : files.Cursors.PendingIn(Name, file);

    private TailPosition Resume(FileFollower file) => files.Cursors.Resume(Name, file);

    private bool TryRead(TailPosition position, bool flush, out LineBlock block)
    {
        try
        {
            _couldNotRead = false;
            var lost = position.TruncatedUnread;
            var hasRead = reader.TryRead(position, flush, out block);
            if (position.TruncatedUnread > lost)
            {
                _metrics.Truncated(position.TruncatedUnread - lost);
                settings.Log.BytesWereTruncatedUnread(Name, position.File.Path, position.TruncatedUnread - lost);
            }

            return hasRead;
        }
        catch (IOException exception)
        {
            block = default;
            _couldNotRead = true;
            _metrics.ReadFailed();
            settings.Log.FileCouldNotBeRead(Name, position.File.Path, exception.Message);
            return false;
        }
    }

    /// <summary>Passes over what was given up, whole lines; false when nothing of the block was.</summary>
    private bool DropGivenUp(TailPosition position, in LineBlock block)
    {
        if (!_givenUpTo.TryGetValue(block.File, out var given))
        {
            return false;
        }

        if (given.Generation != block.File.Generation || given.Offset <= block.Start)
        {
            _givenUpTo.TryRemove(new(block.File, given));
            return false;
        }

        var part = block.Through(given.Offset);
        var batch = new Batch(part, default, part.CountLines());
        _metrics.Read(batch, isPiece: false);
        _metrics.Dropped("given_up", batch.Length, batch.Lines);
        position.Advance(part);
        files.Cursors.Record(Name, position);
        return true;
    }

    /// <summary>False when some of it was given back to the file.</summary>
    private async ValueTask<bool> DeliverAsync(TailPosition position, Batch batch, bool isPiece, CancellationToken abort)
    {
        settings.Limits.Sent(position.File);
        _metrics.Read(batch, isPiece);
        position.Count(batch.Lines);
        var settled = await _delivery.DeliverAsync(batch, abort).ConfigureAwait(false);
        if (settled > 0)
        {
            position.Advance(batch.Block.First(settled));
            files.Cursors.Record(Name, position);
        }

        return settled == batch.Block.Bytes.Length;
    }

    /// <summary>The feed tells only of files that change; a group that was held back has to be looked at when its patience is over.</summary>
    private async Task LookAgainAsync(FileFollower file, TimeSpan wait, CancellationToken stop)
    {
        if (!_lookedAtSoon.TryAdd(file, 0))
        {
            return;
        }

        try
        {
            await Task.Delay(wait, settings.Time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _lookedAtSoon.TryRemove(file, out _);
        files.Feed.Requeue(file);
    }

    private void Release(FileFollower file)
    {
        _positions.TryRemove(file, out _);
        _givenUpTo.TryRemove(file, out _);
        _lag.CaughtUp(file);
        files.Cursors.Release(Name, file);
        files.Feed.Release(file);
    }
}

/// <summary>How far an output is in one file: what is left, for how long there has been something, and the lines that were read.</summary>
internal readonly record struct LaneProgress(long Pending, TimeSpan Age, long Lines);

/// <summary>The files of a lane: what there is, which to look at, and how far it got in each.</summary>
internal sealed record LaneFiles(FileDiscovery Discovery, CursorStore Cursors)
{
    public FileFeed Feed { get; } = Discovery.Subscribe();
}

/// <summary>What a lane needs beside its files and its output.</summary>
internal sealed record LaneSettings(CollectorMetrics.OutputMetrics Metrics, PipelineLog Log, TimeProvider Time)
{
    public BatchLimits Limits { get; init; } = BatchLimits.None;

    public DeadLetters? DeadLetters { get; init; }

    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan LastRetry { get; init; } = TimeSpan.FromSeconds(5);
}
