using System.Collections.Concurrent;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>How far behind an output is, file by file: in bytes, and for how long there has been something to deliver.</summary>
internal sealed class LaneLag(TimeProvider time)
{
    /// <summary>How many files are told one by one; the ones that are furthest behind.</summary>
    public const int MostFiles = 100;

    private readonly ConcurrentDictionary<FileFollower, long> _behindSince = new();

    /// <summary>Everything that was there is delivered.</summary>
    public void CaughtUp(FileFollower file)
    {
        if (!_behindSince.IsEmpty)
        {
            _behindSince.TryRemove(file, out _);
        }
    }

    /// <summary>The files that are behind, the furthest first.</summary>
    public IReadOnlyList<FileLag> Of(IEnumerable<(FileFollower File, long Pending)> files)
    {
        var lags = new List<FileLag>();
        foreach (var (file, pending) in files)
        {
            var age = AgeOf(file, pending);
            if (pending > 0)
            {
                lags.Add(new FileLag(file.Path, pending, age));
            }
        }

        lags.Sort(static (a, b) => b.Bytes.CompareTo(a.Bytes));
        return lags;
    }

    /// <summary>For how long there has been something to deliver in a file; zero where there is nothing.</summary>
    public TimeSpan AgeOf(FileFollower file, long pending)
    {
        if (pending == 0)
        {
            CaughtUp(file);
            return TimeSpan.Zero;
        }

        // the last write was not later than this, and something is left of it
        var since = _behindSince.GetOrAdd(file, static (file, time) => time.GetTimestamp() - (long)(file.QuietFor.TotalSeconds * time.TimestampFrequency), time);
        return time.GetElapsedTime(since);
    }
}

/// <summary>How far an output is behind in one file.</summary>
internal readonly record struct FileLag(string Path, long Bytes, TimeSpan Age);
