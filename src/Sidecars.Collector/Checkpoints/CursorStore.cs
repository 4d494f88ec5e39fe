using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Checkpoints;

/// <summary>
/// The cursors of all outputs. They move on acknowledgement only, and every move is on record before the next batch is read, so a
/// restart, also after kill -9, repeats at most the batch each output had in flight. A folder that can never be written leaves the
/// cursors in memory; one that cannot be written any more (a full disk) holds delivery up until it can, but for the drain.
/// </summary>
internal sealed class CursorStore : IDisposable
{
    private const long RewriteAt = 1024 * 1024;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HoldPause = TimeSpan.FromSeconds(1);

    private readonly CursorJournal _journal;
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly CheckpointLog _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<CursorKey, Cursor> _cursors = [];
    private readonly HashSet<FileIdentity> _open = [];
    private readonly byte[] _head = new byte[Fingerprint.MaximumLength];
    private long _failedAt;
    private bool _wasPersistent;
    private bool _isEnding;

    private CursorStore(string directory, CursorJournal journal, TimeProvider time, ILogger logger)
    {
        _directory = directory;
        _time = time;
        _log = new CheckpointLog(logger);
        _journal = journal;
    }

    /// <summary>Whether the cursors are on disk; when not, a restart begins anew.</summary>
    public bool IsPersistent { get; private set; }

    /// <summary>The cursors were on disk and cannot be written any more: nothing is to be delivered until they can.</summary>
    public bool IsHeld => _wasPersistent && !IsPersistent && !Volatile.Read(ref _isEnding);

    /// <summary>The files that cursors are kept for.</summary>
    public IReadOnlyList<KnownFile> Known
    {
        get
        {
            lock (_gate)
            {
                return [.. _cursors.Values.DistinctBy(cursor => cursor.Identity).Select(c => new KnownFile(c.Path, c.Identity, c.Head))];
            }
        }
    }

    /// <summary>
    /// Reads the cursors of a folder; a folder that cannot be used is told, not thrown. A store of the same folder that was at work
    /// until now knows more than the folder, when that could not be written.
    /// </summary>
    public static CursorStore Open(string directory, TimeProvider time, ILogger logger, CursorStore? previous = null, CursorJournal? journal = null)
    {
        var store = new CursorStore(directory, journal ?? new CursorJournal(directory), time, logger);
        if (previous?._directory == directory)
        {
            store.TakeOver(previous);
        }
        else
        {
            store.Load();
        }

        return store;
    }

    /// <summary>Where an output goes on in a file: behind what it acknowledged, when the file still is what it was.</summary>
    public TailPosition Resume(string output, FileFollower file)
    {
        lock (_gate)
        {
            _open.Add(file.Identity);
            if (!_cursors.TryGetValue(new CursorKey(output, file.Identity), out var cursor))
            {
                return Begin(output, file);
            }

            if (cursor.Mark.IsIn(file))
            {
                _log.CursorWasFound(output, file.Path, cursor.Offset);
                return new TailPosition(file, cursor.Offset, cursor.Window);
            }

            _log.CursorDidNotFit(output, file.Path, cursor.Offset);
            return new TailPosition(file, ReclaimedHead.Skip(file, 0));
        }
    }

    /// <summary>
    /// Puts on record where an output begins in a file it has no cursor for, before it looks at it: it must begin there after a
    /// change of configuration and after a restart too, and not where the file ends by then.
    /// </summary>
    public void Begin(string output, IEnumerable<FileFollower> files)
    {
        lock (_gate)
        {
            foreach (var file in files.Where(file => !_cursors.ContainsKey(new CursorKey(output, file.Identity)) && IsThere(file)))
            {
                Begin(output, file);
            }
        }
    }

    /// <summary>What an output has not acknowledged in a file that it has not looked at yet, or not any more.</summary>
    public long PendingIn(string output, FileFollower file)
    {
        lock (_gate)
        {
            var offset = _cursors.TryGetValue(new CursorKey(output, file.Identity), out var cursor) ? cursor.Offset : StartOf(file);
            return Math.Max(0, file.Size - offset);
        }
    }

    /// <summary>An output acknowledged everything up to a position.</summary>
    public void Record(string output, TailPosition position)
    {
        lock (_gate)
        {
            var key = new CursorKey(output, position.File.Identity);
            var mark = FileMark.Of(position, _cursors.GetValueOrDefault(key)?.Mark);
            var cursor = new Cursor(output, key.Identity, position.File.Path) { Offset = mark.Offset, Window = mark.Window, Head = mark.Head };
            _cursors[key] = cursor;
            Append(cursor);
        }
    }

    /// <summary>An output let a file go. What is known of it is kept as long as the file exists.</summary>
    public void Release(string output, FileFollower file)
    {
        lock (_gate)
        {
            _open.Remove(file.Identity);
            if (!IsThere(file)
                && _cursors.Remove(new CursorKey(output, file.Identity), out var cursor))
            {
                Append(cursor.AsGone());
            }
        }
    }

    /// <summary>For each file the cursor of the output that is last in it; files in which some output has none are left out.</summary>
    public IReadOnlyDictionary<FileFollower, Cursor> Slowest(IReadOnlyList<string> outputs, IEnumerable<FileFollower> files)
    {
        var slowest = new Dictionary<FileFollower, Cursor>();
        lock (_gate)
        {
            foreach (var file in files)
            {
                var all = outputs.Select(output => _cursors.GetValueOrDefault(new CursorKey(output, file.Identity))).ToArray();
                if (all.Length > 0 && Array.TrueForAll(all, cursor => cursor is not null))
                {
                    slowest[file] = all.MinBy(cursor => cursor!.Offset)!;
                }
            }
        }

        return slowest;
    }

    /// <summary>Whether every output acknowledged a file up to a size.</summary>
    public bool IsDelivered(IReadOnlyList<string> outputs, FileIdentity file, long size)
    {
        lock (_gate)
        {
            return outputs.All(output => _cursors.TryGetValue(new CursorKey(output, file), out var cursor) && cursor.Offset >= size);
        }
    }

    /// <summary>Syncs the cursors to disk; false when they are not all there.</summary>
    public bool TrySync()
    {
        lock (_gate)
        {
            try
            {
                if (IsPersistent)
                {
                    _journal.Sync();
                }
            }
            catch (IOException exception)
            {
                Fail(exception);
            }

            return IsPersistent;
        }
    }

    /// <summary>Waits as long as delivery is held, trying to write the cursors.</summary>
    public async ValueTask WhileHeldAsync(CancellationToken stop)
    {
        while (IsHeld && !TryRecover())
        {
            await Task.Delay(HoldPause, _time, stop).ConfigureAwait(false);
        }
    }

    /// <summary>The process ends: what is not delivered now may never be, so nothing is held any more.</summary>
    public void StopHolding() => Volatile.Write(ref _isEnding, true);

    /// <summary>Writes the file anew and syncs it; true when that succeeded.</summary>
    public bool Save()
    {
        lock (_gate)
        {
            Prune();
            return TryRewrite();
        }
    }

    public void Dispose() => _journal.Dispose();

    private static bool IsThere(FileFollower file) => FileStatus.Of(file.Path)?.Identity == file.Identity;

    /// <summary>What was truncated since it was opened is new from its first byte.</summary>
    private static long StartOf(FileFollower file) => file.Generation == 0 ? file.StartOffset : 0;

    private TailPosition Begin(string output, FileFollower file)
    {
        var offset = ReclaimedHead.Skip(file, StartOf(file));
        var position = new TailPosition(file, offset, WindowBefore(file, offset));
        Record(output, position);
        return position;
    }

    private Fingerprint WindowBefore(FileFollower file, long offset)
    {
        var window = _head.AsSpan(0, (int)Math.Min(offset, Fingerprint.MaximumLength));
        try
        {
            return Fingerprint.OfEnd(window[..file.Read(window, offset - window.Length)]);
        }
        catch (IOException)
        {
            return Fingerprint.OfEnd([]);
        }
    }

    private void TakeOver(CursorStore previous)
    {
        lock (previous._gate)
        {
            foreach (var (key, cursor) in previous._cursors)
            {
                _cursors[key] = cursor;
            }

            _wasPersistent = previous._wasPersistent;
        }

        TryRewrite();
    }

    private void Load()
    {
        try
        {
            var (cursors, torn) = _journal.Load();
            foreach (var cursor in cursors)
            {
                _cursors[CursorKey.Of(cursor)] = cursor;
            }

            if (torn > 0)
            {
                _log.LinesWereTorn(_directory, torn);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.StateWasUnreadable(_directory, exception.Message);
        }

        TryRewrite();
    }

    private void Append(Cursor cursor)
    {
        if (!IsPersistent)
        {
            if (_time.GetElapsedTime(_failedAt) > RetryAfter)
            {
                TryRecover();
            }

            return;
        }

        if (_journal.Length > RewriteAt && _journal.Length > 1024L * _cursors.Count)
        {
            Prune();
            TryRewrite();
            return;
        }

        try
        {
            _journal.Append(cursor);
        }
        catch (IOException exception)
        {
            Fail(exception);
        }
    }

    private bool TryRecover()
    {
        lock (_gate)
        {
            if (!IsPersistent && TryRewrite())
            {
                _log.StateIsWritableAgain(_directory);
            }

            return IsPersistent;
        }
    }

    private bool TryRewrite()
    {
        try
        {
            _journal.Rewrite(_cursors.Values);
            IsPersistent = _wasPersistent = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
        }

        return IsPersistent;
    }

    private void Fail(Exception exception)
    {
        if (IsPersistent && _wasPersistent)
        {
            _log.StateIsNotWritableAnyMore(_directory, exception.Message);
        }
        else if (_failedAt == 0)
        {
            _log.StateWasNotWritable(_directory, exception.Message);
        }

        IsPersistent = false;
        _failedAt = _time.GetTimestamp();
    }

    /// <summary>Drops the cursors of files that no longer exist. A folder that is missing as a whole may only not be mounted.</summary>
    private void Prune()
    {
        foreach (var folder in _cursors.Values.Where(cursor => !_open.Contains(cursor.Identity)).GroupBy(c => Path.GetDirectoryName(c.Path)!).ToList())
        {
            if (!Directory.Exists(folder.Key))
            {
                continue;
            }

            var present = Directory.EnumerateFiles(folder.Key).Select(path => FileStatus.Of(path)?.Identity).ToHashSet();
            foreach (var cursor in folder.Where(cursor => !present.Contains(cursor.Identity)))
            {
                _cursors.Remove(CursorKey.Of(cursor));
            }
        }
    }
}
