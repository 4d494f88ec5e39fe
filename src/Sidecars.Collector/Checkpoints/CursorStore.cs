using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Checkpoints;

/// <summary>
/// The cursors of all outputs. They move on acknowledgement only, and every move is on record before the next batch is read, so a
/// restart, also after kill -9, repeats at most the batch each output had in flight. How they are kept is <see cref="CursorFile"/>'s.
/// </summary>
internal sealed class CursorStore : IDisposable
{
    private readonly CursorFile _file;
    private readonly CheckpointLog _log;
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<CursorKey, Cursor> _cursors = [];
    private readonly FormerCursors _former;
    private readonly HashSet<FileIdentity> _open = [];
    private readonly byte[] _head = new byte[Fingerprint.MaximumLength];

    private CursorStore(CursorFile file, bool keepsFormer, CheckpointLog log)
    {
        _file = file;
        _log = log;
        _former = new FormerCursors(_cursors, keepsFormer);
    }

    /// <summary>Whether the cursors are on disk; when not, a restart begins anew.</summary>
    public bool IsPersistent => _file.IsPersistent;

    /// <summary>The cursors were on disk and cannot be written any more: nothing is to be delivered until they can.</summary>
    public bool IsHeld => _file.IsHeld;

    /// <summary>The files that cursors are kept for.</summary>
    public IReadOnlyList<KnownFile> Known
    {
        get
        {
            lock (_gate)
            {
                return [.. _cursors.Values.Where(cursor => !cursor.IsFormer).DistinctBy(cursor => cursor.Identity).Select(c => new KnownFile(c.Path, c.Identity, c.Head))];
            }
        }
    }

    /// <summary>
    /// Reads the cursors of a folder; a folder that cannot be used is told, not thrown. A store of the same folder that was at work
    /// until now knows more than the folder, when that could not be written. With <paramref name="keepsFormer"/> the cursors of files
    /// that are gone are kept, as compressed copies may come.
    /// </summary>
    public static CursorStore Open(
        string directory, TimeProvider time, ILogger logger, CursorStore? previous = null, CursorJournal? journal = null, bool keepsFormer = false)
    {
        var log = new CheckpointLog(logger);
        var file = new CursorFile(directory, journal ?? new CursorJournal(directory), time, log);
        var store = new CursorStore(file, keepsFormer, log);
        if (previous?._file.Directory == directory)
        {
            store.TakeOver(previous);
        }
        else
        {
            store.Take(file.Load());
        }

        file.TryRewrite(store._cursors.Values);
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
            KeepFormer(cursor);
            _cursors.Remove(CursorKey.Of(cursor));
            var position = new TailPosition(file, ReclaimedHead.Skip(file, 0));
            Record(output, position);
            return position;
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
            var earlier = _cursors.GetValueOrDefault(key);
            if (earlier is not null && earlier.Generation != position.Generation)
            {
                // truncated: the bytes that the cursor speaks of are no more
                KeepFormer(earlier);
                earlier = null;
            }

            var mark = FileMark.Of(position, earlier?.Mark);
            var cursor = new Cursor(output, key.Identity, position.File.Path)
            {
                Offset = mark.Offset,
                Window = mark.Window,
                Head = mark.Head,
                Generation = position.Generation,
            };
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
            if (!IsThere(file) && _cursors.TryGetValue(new CursorKey(output, file.Identity), out var cursor))
            {
                KeepFormer(cursor);
                Forget(cursor);
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
            return _file.TrySync();
        }
    }

    /// <summary>Waits as long as delivery is held, trying to write the cursors.</summary>
    public async ValueTask WhileHeldAsync(CancellationToken stop)
    {
        while (IsHeld && !TryRecover())
        {
            await _file.PauseAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>The process ends: what is not delivered now may never be, so nothing is held any more.</summary>
    public void StopHolding() => _file.StopHolding();

    /// <summary>Writes the file anew and syncs it; true when that succeeded.</summary>
    public bool Save()
    {
        lock (_gate)
        {
            Prune();
            return _file.TryRewrite(_cursors.Values);
        }
    }

    public void Dispose() => _file.Dispose();

    private static bool IsThere(FileFollower file) => FileStatus.Of(file.Path)?.Identity == file.Identity;

    /// <summary>What was truncated since it was opened is new from its first byte.</summary>
    private static long StartOf(FileFollower file) => file.Generation == 0 ? file.StartOffset : 0;

    private TailPosition Begin(string output, FileFollower file)
    {
        if (file.IsCompressed && _former.Find(output, file) is { } former)
        {
            // what was delivered of it was delivered before it was compressed
            _log.CopyWasRecognised(output, file.Path, former.Path, former.Offset);
            var rest = new TailPosition(file, former.Offset, former.Window);
            Record(output, rest);
            if (!_open.Contains(former.Identity))
            {
                Forget(former);
            }

            return rest;
        }

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
            Take(previous._cursors.Values);
            _file.TakeOver(previous._file);
        }
    }

    private void Take(IEnumerable<Cursor> cursors)
    {
        foreach (var cursor in cursors)
        {
            _cursors[CursorKey.Of(cursor)] = cursor with { Generation = 0 };
        }
    }

    private void Append(Cursor cursor)
    {
        if (_file.IsDueForRewrite(_cursors.Count))
        {
            Prune();
            _file.TryRewrite(_cursors.Values);
        }
        else
        {
            _file.Append(cursor, _cursors.Values);
        }
    }

    private bool TryRecover()
    {
        lock (_gate)
        {
            return _file.TryRecover(_cursors.Values);
        }
    }

    /// <summary>A cursor speaks of bytes that are gone; where a copy of them may come, what it says is kept.</summary>
    private void KeepFormer(Cursor cursor)
    {
        foreach (var changed in _former.Keep(cursor))
        {
            Append(changed);
        }
    }

    private void Forget(Cursor cursor)
    {
        if (_cursors.Remove(CursorKey.Of(cursor)))
        {
            Append(cursor.AsGone());
        }
    }

    /// <summary>Drops the cursors of files that no longer exist. A folder that is missing as a whole may only not be mounted.</summary>
    private void Prune()
    {
        foreach (var folder in _cursors.Values.Where(cursor => !cursor.IsFormer && !_open.Contains(cursor.Identity)).GroupBy(c => Path.GetDirectoryName(c.Path)!).ToList())
        {
            if (!Directory.Exists(folder.Key))
            {
                continue;
            }

            var present = Directory.EnumerateFiles(folder.Key).Select(path => FileStatus.Of(path)?.Identity).ToHashSet();
            foreach (var cursor in folder.Where(cursor => !present.Contains(cursor.Identity)))
            {
                _cursors.Remove(CursorKey.Of(cursor));
                _former.Keep(cursor);
            }
        }
    }
}
