using Microsoft.Win32.SafeHandles;

namespace Sidecars.Collector.Checkpoints;

/// <summary>
/// The file that cursors are kept in. A cursor that moved is one line appended, so each acknowledgement is on record at once and a
/// killed process loses nothing but the batch in flight. From time to time, and at the end, the file is written anew with one line
/// per cursor: beside it, synced, then renamed over it. A torn line fails its checksum and the one before it counts.
/// </summary>
internal class CursorJournal : IDisposable
{
    private const string Name = "collector.cursors";

    private readonly string _path;
    private SafeFileHandle? _handle;
    private byte[] _line = new byte[1024];

    public CursorJournal(string directory) => _path = Path.Combine(directory, Name);

    /// <summary>The length of the file.</summary>
    public long Length { get; private set; }

    /// <summary>The cursors on record, the last line of each; and how many lines were torn. Throws when the file cannot be read.</summary>
    public (IReadOnlyList<Cursor> Cursors, int Torn) Load()
    {
        var cursors = new OrderedDictionary<CursorKey, Cursor>();
        var torn = 0;
        foreach (var line in File.Exists(_path) ? File.ReadLines(_path) : [])
        {
            if (Cursor.Parse(line) is not { } cursor)
            {
                torn++;
            }
            else if (cursor.IsGone)
            {
                cursors.Remove(CursorKey.Of(cursor));
            }
            else
            {
                if (cursor.IsFormer)
                {
                    // kept anew: the newest of them stands last
                    cursors.Remove(CursorKey.Of(cursor));
                }

                cursors[CursorKey.Of(cursor)] = cursor;
            }
        }

        return ([.. cursors.Values], torn);
    }

    /// <summary>Syncs what was appended. Throws when that fails.</summary>
    public virtual void Sync() => RandomAccess.FlushToDisk(_handle ?? throw new IOException("the state file is not open"));

    /// <summary>Appends a cursor. Throws when it cannot be written.</summary>
    public virtual void Append(Cursor cursor)
    {
        var handle = _handle ?? throw new IOException("the state file is not open");
        var needed = Cursor.MaximumLength(cursor);
        if (_line.Length < needed)
        {
            _line = new byte[needed];
        }

        var written = Cursor.Format(cursor, _line);
        RandomAccess.Write(handle, _line.AsSpan(0, written), Length);
        Length += written;
    }

    /// <summary>Writes the file anew. Throws when it cannot be written; the old one is then still whole.</summary>
    public virtual void Rewrite(IEnumerable<Cursor> cursors)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        var fresh = _path + ".new";

        // None: an advisory lock, so that two collectors never share a state file
        _handle ??= File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var handle = File.OpenHandle(fresh, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        try
        {
            long length = 0;
            foreach (var cursor in cursors)
            {
                var line = new byte[Cursor.MaximumLength(cursor)];
                var written = Cursor.Format(cursor, line);
                RandomAccess.Write(handle, line.AsSpan(0, written), length);
                length += written;
            }

            RandomAccess.FlushToDisk(handle);
            File.Move(fresh, _path, overwrite: true);
            _handle.Dispose();
            _handle = handle;
            Length = length;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _handle?.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>An output and a file.</summary>
internal readonly record struct CursorKey(string Output, Common.Tailing.FileIdentity Identity)
{
    public static CursorKey Of(Cursor cursor) => new(cursor.Output, cursor.Identity);
}
