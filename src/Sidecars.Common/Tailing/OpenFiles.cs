using System.Collections.Concurrent;

namespace Sidecars.Common.Tailing;

/// <summary>
/// The open files by identity, and the feeds that are told about them. A file that several paths lead to (a hard link, a rename seen
/// halfway) is one file.
/// </summary>
internal sealed class OpenFiles(DiscoveryOptions options, Func<string, bool> isCompressed, CompressedFiles compressed, TimeProvider time, TailingLog log)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<FileIdentity, FileFollower> _byIdentity = new();
    private readonly ConcurrentDictionary<string, FileFollower> _byPath = new();
    private readonly RenameTrail _trail = new(time);
    private readonly HashSet<string> _linkFolders = [];
    private FileFeed[] _feeds = [];

    public IReadOnlyCollection<FileFollower> All => (IReadOnlyCollection<FileFollower>)_byIdentity.Values;

    /// <summary>Compressed files wait to be opened, each for the one before.</summary>
    public bool HasCompressedWaiting
    {
        get
        {
            lock (_gate)
            {
                return compressed.IsWaiting;
            }
        }
    }

    public void Add(FileFeed feed)
    {
        lock (_gate)
        {
            _feeds = [.. _feeds, feed];
            foreach (var file in _byIdentity.Values)
            {
                feed.Offer(file);
            }
        }
    }

    /// <summary>Opens what is new, renames, and marks what no path leads to any more; returns the folders that links point into.</summary>
    public IReadOnlyCollection<string> Apply(FoundFiles found, bool isFirst)
    {
        lock (_gate)
        {
            var seen = new HashSet<FileIdentity>();
            foreach (var (path, source) in found.Paths)
            {
                if (FileStatus.Of(path) is not { IsRegular: true } status)
                {
                    continue;
                }

                if (_byIdentity.TryGetValue(status.Identity, out var file))
                {
                    See(file, path, found);
                }
                else if (source.Compressed && isCompressed(path))
                {
                    compressed.See(path, status, isFirst && source.FromEnd);
                    seen.Add(status.Identity);
                }
                else
                {
                    file = Open(path, isFirst && source.FromEnd, FileState.Active);
                }

                if (file is not null)
                {
                    seen.Add(file.Identity);
                }
            }

            compressed.Keep(seen);
            Rotate(seen);
            _trail.Visit(AdoptRenamed);
            OpenCompressed();
            return _linkFolders;
        }
    }

    /// <summary>Opens files known from before a restart that were renamed within their folder since.</summary>
    public void Adopt(IReadOnlyList<KnownFile> known)
    {
        lock (_gate)
        {
            var missing = known.Where(file => !_byIdentity.ContainsKey(file.Identity)).ToList();
            foreach (var folder in missing.GroupBy(file => Path.GetDirectoryName(file.Path)!))
            {
                if (Directory.Exists(folder.Key))
                {
                    Adopt(folder.Key, folder.ToDictionary(file => file.Identity));
                }
            }
        }
    }

    /// <summary>
    /// Follows a rename. Events come later than what they tell: by now another file may be open under the old path, so the identity
    /// decides. A file that was renamed before it was ever seen is opened, under its last name, at the next scan.
    /// </summary>
    public void Rename(string from, string to, bool wasWanted)
    {
        lock (_gate)
        {
            if (FileStatus.Of(to) is { } status
                && _byIdentity.TryGetValue(status.Identity, out var file)
                && (file.Path == from || _byPath.GetValueOrDefault(from) == file))
            {
                _byPath.TryRemove(new(from, file));
                file.Path = to;
                _byPath[to] = file;
            }
            else
            {
                _trail.Follow(from, to, wasWanted);
            }
        }
    }

    /// <summary>A path was written to; a look is due even when the size is the same, as the file may have been written anew.</summary>
    public void Touch(string path)
    {
        if (_byPath.TryGetValue(path, out var file) && file.State != FileState.Closed)
        {
            TryRefresh(file);
            Signal(file);
        }
    }

    /// <summary>Looks at the size of every file; closes the rotated ones that every feed let go.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            foreach (var file in _byIdentity.Values)
            {
                if ((file.State == FileState.Rotated || file.IsCompressed) && !Array.Exists(_feeds, feed => feed.Holds(file)))
                {
                    Close(file);
                    compressed.ScanSoon();
                }
                else if (TryRefresh(file) || file.State == FileState.Rotated || file.IsCompressed)
                {
                    // a compressed file that is still held could not be read to its end: its size will not tell when to try again
                    Signal(file);
                }
            }
        }
    }

    public void CloseAll()
    {
        lock (_gate)
        {
            foreach (var file in _byIdentity.Values)
            {
                Close(file);
            }

            compressed.Dispose();
        }
    }

    private static bool TryRefresh(FileFollower file)
    {
        try
        {
            return file.Refresh();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // a reader will meet the same error and tell it
            return file.State != FileState.Closed;
        }
    }

    private void See(FileFollower file, string path, FoundFiles found)
    {
        if (file.State == FileState.Rotated)
        {
            file.State = FileState.Active;
            Array.ForEach(_feeds, feed => feed.Offer(file));
        }

        if (file.Path != path && !IsStillAt(file, found))
        {
            log.FileWasRenamed(file.Path, path);
            _byPath.TryRemove(new(file.Path, file));
            file.Path = path;
        }

        _byPath[path] = file;
    }

    private static bool IsStillAt(FileFollower file, FoundFiles found) =>
        found.Paths.ContainsKey(file.Path) && FileStatus.Of(file.Path)?.Identity == file.Identity;

    private void Rotate(HashSet<FileIdentity> seen)
    {
        foreach (var file in _byIdentity.Values)
        {
            if (file.State == FileState.Active && !seen.Contains(file.Identity))
            {
                file.State = FileState.Rotated;
                TryRefresh(file);
                log.FileWasRotated(file.Path);
                Signal(file);
            }
        }
    }

    private FileIdentity? AdoptRenamed(string path, FileIdentity? before)
    {
        if (!isCompressed(path) && FileStatus.Of(path) is { IsRegular: true } status && status.Identity != before && !_byIdentity.ContainsKey(status.Identity))
        {
            return Open(path, fromEnd: false, FileState.Rotated)?.Identity ?? before;
        }

        return before;
    }

    private void Adopt(string folder, Dictionary<FileIdentity, KnownFile> wanted)
    {
        var head = new byte[Fingerprint.MaximumLength];
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (!isCompressed(path)
                && FileStatus.Of(path) is { IsRegular: true } status
                && wanted.TryGetValue(status.Identity, out var known)
                && !_byIdentity.ContainsKey(status.Identity))
            {
                Open(path, fromEnd: false, FileState.Rotated, file =>
                    known.Head.Matches(head.AsSpan(0, file.Read(head.AsSpan(0, known.Head.Length), 0))));
            }
        }
    }

    private FileFollower? Open(string path, bool fromEnd, FileState state, Func<FileFollower, bool>? accept = null)
    {
        try
        {
            // ReadWrite | Delete: no advisory lock, the writer is not to notice us
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var status = FileStatus.Of(handle);
            var file = new FileFollower(path, handle, status, fromEnd ? status.Size : 0, time) { State = state, DeclaredEncoding = options.EncodingOf(path) };
            if (accept?.Invoke(file) == false || !_byIdentity.TryAdd(file.Identity, file))
            {
                handle.Dispose();
                return _byIdentity.GetValueOrDefault(status.Identity);
            }

            Register(file);
            log.FileWasOpened(path, status.Size, state);
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.FileCouldNotBeOpened(path, exception.Message);
            return null;
        }
    }

    private void OpenCompressed()
    {
        if (compressed.Next(All) is not { } next)
        {
            return;
        }

        var file = next.File.Follow(next.FromEnd ? next.File.Length : 0, options.EncodingOf(next.File.Path), time);
        _byIdentity[file.Identity] = file;
        Register(file);
        log.CompressedFileWasOpened(file.Path, next.File.Status.Size, file.Size);
    }

    private void Register(FileFollower file)
    {
        _byPath[file.Path] = file;
        if (File.ResolveLinkTarget(file.Path, returnFinalTarget: true) is { } target)
        {
            // the writer's events come under the name that the link leads to
            _byPath[target.FullName] = file;
            _linkFolders.Add(Path.GetDirectoryName(target.FullName)!);
        }

        Array.ForEach(_feeds, feed => feed.Offer(file));
    }

    private void Signal(FileFollower file)
    {
        foreach (var feed in _feeds)
        {
            feed.Signal(file);
        }
    }

    private void Close(FileFollower file)
    {
        _byIdentity.TryRemove(file.Identity, out _);
        foreach (var path in _byPath.Where(entry => entry.Value == file))
        {
            _byPath.TryRemove(path);
        }

        file.Close();
        log.FileWasClosed(file.Path);
    }
}
