namespace Sidecars.Common.Tailing;

/// <summary>
/// The compressed files of a look that are still to be followed. They come one after the other, the oldest first: each is read in the
/// background first, and given out when it is whole, nothing compressed is being read, and no open file has the same lines. What
/// compresses a log leaves that open for its reader, who delivers it; only then is it known what of the copy is left to do.
/// </summary>
internal sealed class CompressedFiles(TailingLog log, Action scanSoon) : IDisposable
{
    private readonly Dictionary<FileIdentity, Candidate> _candidates = [];
    private readonly HashSet<FileIdentity> _done = [];
    private readonly CancellationTokenSource _end = new();
    private HashSet<FileIdentity> _missed = [];
    private Task<GzipInspection>? _inspecting;
    private FileIdentity _inspected;
    private bool _isEnded;

    /// <summary>There are some that could be read now.</summary>
    public bool IsWaiting => _inspecting is not null || _candidates.Values.Any(candidate => candidate.IsDue);

    /// <summary>Whether a path is that of a compressed file.</summary>
    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.Ordinal);

    /// <summary>A look found this; with <paramref name="fromEnd"/> what is in it is not to be delivered.</summary>
    public void See(string path, FileStatus status, bool fromEnd)
    {
        if (_done.Contains(status.Identity))
        {
            return;
        }

        if (!_candidates.TryGetValue(status.Identity, out var candidate))
        {
            _candidates[status.Identity] = candidate = new Candidate { FromEnd = fromEnd };
        }
        else if (candidate.Problem is { } problem && candidate.FailedAs == (path, status.Size))
        {
            log.FileCouldNotBeOpened(path, problem);
        }

        candidate.Now = (path, status.Size);
    }

    /// <summary>The files that two whole looks did not find are gone; one look may miss a file that is being renamed.</summary>
    public void Keep(HashSet<FileIdentity> seen)
    {
        var missed = _done.Concat(_candidates.Keys).Where(identity => !seen.Contains(identity)).ToHashSet();
        foreach (var gone in missed.Where(_missed.Contains))
        {
            _done.Remove(gone);
            _candidates.Remove(gone);
        }

        _missed = missed;
    }

    /// <summary>The next to be followed, and whether from its end; null when there is none yet. Looks for one in the background where there may be.</summary>
    public (GzipInspection File, bool FromEnd)? Next(IReadOnlyCollection<FileFollower> open)
    {
        if (_inspecting is { IsCompleted: true } inspecting)
        {
            _inspecting = null;
            if (Judge(inspecting.Result, open) is { } next)
            {
                return next;
            }
        }

        if (_inspecting is null && !open.Any(file => file.IsCompressed))
        {
            Inspect();
        }

        return null;
    }

    /// <summary>A file was closed that others may have waited for.</summary>
    public void ScanSoon()
    {
        if (_candidates.Count > 0)
        {
            scanSoon();
        }
    }

    /// <summary>Ends what goes on in the background.</summary>
    public void Dispose()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        _end.Cancel();
        _inspecting?.GetAwaiter().GetResult().Dispose();
        _end.Dispose();
    }

    private (GzipInspection, bool)? Judge(GzipInspection file, IReadOnlyCollection<FileFollower> open)
    {
        if (_candidates.TryGetValue(_inspected, out var candidate) && file.Problem is null && file.Status.Identity == _inspected)
        {
            candidate.Origin = open.FirstOrDefault(other => !other.IsCompressed && file.IsCopyOf(other));
            if (candidate.Origin is null)
            {
                _candidates.Remove(_inspected);
                _done.Add(_inspected);
                return (file, candidate.FromEnd);
            }
        }
        else if (candidate is not null)
        {
            (candidate.Problem, candidate.FailedAs) = (file.Problem ?? "it was replaced", candidate.InspectedAs);
        }

        file.Dispose();
        return null;
    }

    private void Inspect()
    {
        var next = _candidates.Where(entry => entry.Value.IsDue).OrderBy(entry => File.GetLastWriteTimeUtc(entry.Value.Now.Path)).FirstOrDefault();
        if (next.Value is not { } candidate)
        {
            return;
        }

        (_inspected, candidate.InspectedAs) = (next.Key, candidate.Now);
        var path = candidate.Now.Path;
        var cancellation = _end.Token;
        _inspecting = Task.Run(() => GzipInspection.Of(path, cancellation), CancellationToken.None);
        _inspecting.ContinueWith(_ => scanSoon(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private sealed class Candidate
    {
        public (string Path, long Size) Now { get; set; }

        public bool FromEnd { get; init; }

        /// <summary>The open file that has the same lines.</summary>
        public FileFollower? Origin { get; set; }

        public string? Problem { get; set; }

        public (string Path, long Size) InspectedAs { get; set; }

        public (string Path, long Size) FailedAs { get; set; }

        /// <summary>It can be looked at: it grew or was renamed since it could not be read, and what it is a copy of is closed.</summary>
        public bool IsDue => (Problem is null || Now != FailedAs) && Origin is not { State: not FileState.Closed };
    }
}
