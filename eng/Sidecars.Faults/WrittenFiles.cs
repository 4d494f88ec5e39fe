using System.Collections.Concurrent;

namespace Sidecars.Faults;

/// <summary>What was written: the lengths of all lines of all files. A line is on record before its first byte is written.</summary>
internal sealed class WrittenFiles
{
    private readonly ConcurrentDictionary<FileKey, WrittenFile> _files = new();
    private long _bytes;
    private long _lines;

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Lines => Interlocked.Read(ref _lines);

    public ICollection<WrittenFile> All => _files.Values;

    public WrittenFile Begin(FileKey key) => _files.GetOrAdd(key, key => new WrittenFile(key, this));

    public WrittenFile? Find(FileKey key) => _files.GetValueOrDefault(key);

    internal void Count(int length)
    {
        Interlocked.Add(ref _bytes, length);
        Interlocked.Increment(ref _lines);
    }
}

/// <summary>The lines of one file, in order. Places are counted over the lines' texts, without newlines.</summary>
internal sealed class WrittenFile(FileKey key, WrittenFiles all)
{
    private readonly Lock _gate = new();
    private readonly List<long> _starts = [0];

    public FileKey Key => key;

    /// <summary>The writer truncated it: what was not read by then is nobody's loss but the writer's.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>The bytes of all lines.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _starts[^1];
            }
        }
    }

    /// <summary>Puts a line on record and returns its number.</summary>
    public int Add(int length)
    {
        all.Count(length);
        lock (_gate)
        {
            _starts.Add(_starts[^1] + length);
            return _starts.Count - 2;
        }
    }

    /// <summary>Where a line stands; false when it was never written.</summary>
    public bool TryFind(int line, out long start, out int length)
    {
        lock (_gate)
        {
            var isThere = line >= 0 && line < _starts.Count - 1;
            start = isThere ? _starts[line] : 0;
            length = isThere ? (int)(_starts[line + 1] - start) : 0;
            return isThere;
        }
    }

    /// <summary>The line that a place is in.</summary>
    public int LineAt(long place)
    {
        lock (_gate)
        {
            return _starts.BinarySearch(place) is var at && at >= 0 ? at : ~at - 1;
        }
    }

    /// <summary>How many lines are not whole before a place.</summary>
    public int LinesBehind(long place)
    {
        var line = LineAt(place);
        lock (_gate)
        {
            return _starts.Count - 1 - line;
        }
    }
}
