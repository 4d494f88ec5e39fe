using Sidecars.Collector.Checkpoints;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Reclaim;

/// <summary>
/// Keeps the volume from filling: frees what every output acknowledged, deletes rotated files that are delivered, warns at the high
/// water, and, only when told to, gives up the oldest lines.
/// <para>
/// Never touched: a byte that some output has not acknowledged with its cursor synced to disk; the first block of a file and the
/// bytes just before the slowest cursor, by which a file is known again after a restart; the last block, to which the writer appends.
/// </para>
/// </summary>
internal sealed class VolumeKeeper(FileDiscovery discovery, CursorStore cursors, IReadOnlyList<Lane> lanes, VolumeKeeperSettings settings)
{
    /// <summary>Holes begin and end at multiples of this, whole pages and blocks wherever logs are written; so much of the head stays.</summary>
    public const int Block = 4096;

    private const int SmallestHole = 16 * Block;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalWhileItFills = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<FileFollower, Punched> _punched = [];
    private readonly HashSet<FileFollower> _seen = [];
    private readonly Lock _gate = new();
    private readonly string[] _outputs = [.. lanes.Select(lane => lane.Name)];
    private bool _isChecked;
    private bool _hasPunched;
    private bool _isOverHighWater;

    private bool Reclaims => settings.Mode == ReclaimMode.AfterDelivery;

    /// <summary>Looks at the volume again and again; sooner as long as there is something to free, so that a fast writer does not fill it meanwhile.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                TryLook();
                await Task.Delay(_hasPunched ? IntervalWhileItFills : Interval, settings.Time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // asked to end
        }
    }

    /// <summary>Looks once.</summary>
    public void Look()
    {
        lock (_gate)
        {
            LookNow();
        }
    }

    private void LookNow()
    {
        var slowest = cursors.Slowest(_outputs, discovery.Files);
        _hasPunched = false;
        if (Reclaims)
        {
            CheckRights();
            Punch(slowest);
        }

        if (settings.Volume.DeleteRotated)
        {
            DeleteRotated(slowest);
        }

        var state = Measure(slowest);
        settings.Metrics.Set(state);
        if (settings.Volume.HighWater is { } highWater)
        {
            HoldBelow(highWater.Bytes, state, slowest);
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
#pragma warning disable CA1031 // delivery does not depend on it; the next look may go well
        catch (Exception exception)
#pragma warning restore CA1031
        {
            settings.Log.KeeperFailed(exception);
        }
    }

    private static long Allocated(FileFollower file)
    {
        try
        {
            return file.Status().Allocated;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>At the first file: says in one line what is missing, before the volume fills.</summary>
    private void CheckRights()
    {
        if (!_isChecked && discovery.Files.FirstOrDefault() is { } file)
        {
            _isChecked = true;
            if (HolePunch.Check(file) is { } reason)
            {
                settings.Log.RoomCannotBeReclaimed(file.Path, reason, file.Status().Owner);
            }
        }
    }

    private void Punch(IReadOnlyDictionary<FileFollower, Cursor> slowest)
    {
        foreach (var gone in _punched.Keys.Except(discovery.Files).ToList())
        {
            _punched.Remove(gone);
        }

        var due = slowest.Where(entry => !entry.Key.IsCompressed && HoleOf(entry.Key, entry.Value) is { Length: >= SmallestHole }).ToList();

        // a hole must not be ahead of the cursor that a power failure leaves
        if (due.Count == 0 || !cursors.TrySync())
        {
            return;
        }

        foreach (var (file, cursor) in due)
        {
            Punch(file, cursor, HoleOf(file, cursor));
        }
    }

    private void Punch(FileFollower file, Cursor cursor, Hole hole)
    {
        var before = Allocated(file);

        // truncated and written anew since the acknowledgement: what stands there now is another text
        if (!cursor.Fits(file) || HolePunch.TryPunch(file, hole.From, hole.To) is not null)
        {
            return;
        }

        _punched[file] = new Punched(hole.To, file.Generation);
        _hasPunched = true;
        var freed = before - Allocated(file);
        settings.Metrics.Reclaimed(freed);
        settings.Log.RoomWasReclaimed(freed, file.Path);
    }

    private Hole HoleOf(FileFollower file, Cursor cursor)
    {
        var done = _punched.TryGetValue(file, out var punched) && punched.Generation == file.Generation ? punched.To : Block;
        var to = (cursor.Offset - Fingerprint.MaximumLength) / Block * Block;
        return new Hole(done, Math.Max(done, to));
    }

    private void DeleteRotated(IReadOnlyDictionary<FileFollower, Cursor> slowest)
    {
        _seen.UnionWith(slowest.Keys.Where(file => !file.IsCompressed));

        // closed: no path that is followed leads to it, and every output let it go after its grace time
        foreach (var file in _seen.Where(file => file.State == FileState.Closed).ToList())
        {
            _seen.Remove(file);
            Delete(file);
        }
    }

    private void Delete(FileFollower file)
    {
        if (FileStatus.Of(file.Path) is not { } status
            || status.Identity != file.Identity
            || !cursors.IsDelivered(_outputs, file.Identity, status.Size)
            || !cursors.TrySync())
        {
            return;
        }

        try
        {
            File.Delete(file.Path);
            settings.Metrics.Reclaimed(status.Links == 1 ? status.Allocated : 0);
            settings.Metrics.Deleted();
            settings.Log.FileWasDeleted(file.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            settings.Log.FileWasNotDeleted(file.Path, exception.Message);
        }
    }

    private static VolumeState Measure(IReadOnlyDictionary<FileFollower, Cursor> slowest) => new(
        slowest.Keys.Sum(file => file.IsCompressed ? Allocated(file) : file.Size),
        slowest.Keys.Sum(Allocated),
        slowest.Sum(entry => Math.Max(0, entry.Key.Size - entry.Value.Offset)));

    private void HoldBelow(long highWater, in VolumeState state, IReadOnlyDictionary<FileFollower, Cursor> slowest)
    {
        var isOver = state.Allocated > highWater;
        if (isOver && !_isOverHighWater)
        {
            settings.Log.VolumeIsFilling(state.Allocated, highWater, state.Undelivered);
        }
        else if (!isOver && _isOverHighWater)
        {
            settings.Log.VolumeHasRoomAgain(state.Allocated);
        }

        _isOverHighWater = isOver;
        if (isOver && Reclaims && settings.Volume.GiveUp == GiveUpMode.Oldest)
        {
            GiveUpOldest(state.Allocated - highWater, slowest);
        }
    }

    private void GiveUpOldest(long needed, IReadOnlyDictionary<FileFollower, Cursor> slowest)
    {
        var oldestFirst = slowest.Where(entry => !entry.Key.IsCompressed).OrderByDescending(entry => entry.Key.State == FileState.Rotated).ThenByDescending(entry => entry.Key.QuietFor);
        foreach (var (file, cursor) in oldestFirst)
        {
            // what is delivered already comes free by itself
            var given = Math.Min(file.Size - cursor.Offset, needed + SmallestHole);
            if (needed <= 0 || given <= 0)
            {
                continue;
            }

            needed -= given;
            settings.Log.BytesAreGivenUp(given, file.Path);
            foreach (var lane in lanes)
            {
                lane.GiveUp(file, cursor.Offset + given);
            }
        }
    }

    private readonly record struct Punched(long To, int Generation);

    private readonly record struct Hole(long From, long To)
    {
        public long Length => To - From;
    }
}

/// <summary>What the keeper of the volume is told.</summary>
internal sealed record VolumeKeeperSettings(ReclaimMode Mode, VolumeOptions Volume, VolumeMetrics Metrics, ReclaimLog Log, TimeProvider Time);
