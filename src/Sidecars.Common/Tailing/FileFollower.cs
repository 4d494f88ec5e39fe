using Microsoft.Win32.SafeHandles;

namespace Sidecars.Common.Tailing;

/// <summary>Where a followed file stands.</summary>
public enum FileState
{
    /// <summary>A path that is looked for leads to it.</summary>
    Active,

    /// <summary>Renamed away or deleted, and still open: it is read to its end, late writes included, and then closed.</summary>
    Rotated,

    /// <summary>Closed.</summary>
    Closed,
}

/// <summary>
/// One open file, shared by all who read it. Each reader has a <see cref="TailPosition"/> of its own; the page cache makes the second
/// read cheap. The hard cases: a rename only changes <see cref="Path"/>, as the file is known by its identity; a truncation starts a
/// new <see cref="Generation"/>, in which every reader begins at 0; a file that is renamed away or deleted stays open until every
/// reader let go of it, as the writer may go on writing to it.
/// </summary>
public sealed class FileFollower
{
    private readonly SafeFileHandle _handle;
    private readonly GzipText? _text;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _size;
    private long _sizeBeforeTruncation;
    private long _lastChange;
    private int _generation;
    private Detected? _detected;

    internal FileFollower(string path, SafeFileHandle handle, FileStatus status, long startOffset, TimeProvider time, GzipText? text = null)
    {
        Path = path;
        _handle = handle;
        _text = text;
        _time = time;
        _size = text?.Length ?? status.Size;
        _lastChange = time.GetTimestamp();
        Identity = status.Identity;
        StartOffset = startOffset;
    }

    /// <summary>A file that has only a name, to show what would become of its lines; nothing can be read from it.</summary>
    public static FileFollower Named(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new(path, new SafeFileHandle(), default, 0, time);
    }

    /// <summary>The path under which the file was last seen.</summary>
    public string Path { get; internal set; }

    /// <summary>What the file is known by.</summary>
    public FileIdentity Identity { get; }

    /// <summary>Where a reader that has not seen the file before begins: 0, or the size at the first look with "read from end".</summary>
    public long StartOffset { get; }

    /// <summary>How its characters are written, as it was declared.</summary>
    public TextEncoding DeclaredEncoding { get; internal init; } = TextEncoding.Utf8;

    /// <summary>
    /// Whether it is compressed: its lines, size and places are those of the text in it. It is whole and does not change; each reader
    /// lets it go at its end.
    /// </summary>
    public bool IsCompressed => _text is not null;

    /// <summary>Where the file stands.</summary>
    public FileState State { get; internal set; }

    /// <summary>How many times the file was truncated while it was followed.</summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>The size at the last look.</summary>
    public long Size => Volatile.Read(ref _size);

    /// <summary>The greatest size seen before the last truncation.</summary>
    public long SizeBeforeTruncation => Volatile.Read(ref _sizeBeforeTruncation);

    /// <summary>How long nothing was written.</summary>
    public TimeSpan QuietFor => _time.GetElapsedTime(Volatile.Read(ref _lastChange));

    /// <summary>Reads at a place; 0 at the end. Throws <see cref="IOException"/> when the file cannot be read.</summary>
    public int Read(Span<byte> buffer, long offset) => _text?.Read(buffer, offset) ?? RandomAccess.Read(_handle, buffer, offset);

    /// <summary>
    /// How its characters are written: as declared, else as its first bytes say, which are read where the caller does not have them
    /// at hand. Throws <see cref="IOException"/> when the file cannot be read.
    /// </summary>
    public TextEncoding EncodingOf(ReadOnlySpan<byte> head = default)
    {
        if (DeclaredEncoding != TextEncoding.Auto)
        {
            return DeclaredEncoding;
        }

        var generation = Generation;
        if (head.IsEmpty && Volatile.Read(ref _detected) is { } detected && detected.Generation == generation)
        {
            return detected.Encoding;
        }

        Span<byte> first = stackalloc byte[2];
        var encoding = Utf16Text.Detect(head.IsEmpty ? first[..Read(first, 0)] : head);
        if (encoding is { } known)
        {
            Volatile.Write(ref _detected, new Detected(generation, known));
        }

        return encoding ?? TextEncoding.Utf8;
    }

    /// <summary>Looks at it anew: size, what it takes up, owner. Throws <see cref="IOException"/>.</summary>
    public FileStatus Status() => FileStatus.Of(_handle);

    /// <summary>
    /// Opens the same file, whatever it is called by now, for writing. Throws <see cref="UnauthorizedAccessException"/> or
    /// <see cref="IOException"/> where that is not allowed.
    /// </summary>
    public SafeFileHandle OpenForWriting() => OpenFile.Again(_handle, FileAccess.Write).SafeFileHandle;

    /// <summary>The first hole at or behind a place, and where data begins again behind it; null when there is none.</summary>
    public (long Start, long End)? NextHole(long from)
    {
        if (IsCompressed)
        {
            return null;
        }

        var start = LinuxCalls.Seek(_handle, from, LinuxCalls.SeekHole);
        var end = start < 0 ? -1 : LinuxCalls.Seek(_handle, start, LinuxCalls.SeekData);
        return end < 0 ? null : (start, end);
    }

    /// <summary>Looks at the size again; true when it changed.</summary>
    public bool Refresh()
    {
        lock (_gate)
        {
            var size = CurrentSize();
            if (size == _size)
            {
                return false;
            }

            if (size < _size)
            {
                StartGeneration();
            }

            Volatile.Write(ref _size, size);
            Volatile.Write(ref _lastChange, _time.GetTimestamp());
            return true;
        }
    }

    /// <summary>
    /// Told by a reader that found the bytes before its place changed, although the size gives nothing away. The first reader to
    /// tell starts the new generation.
    /// </summary>
    internal void ReportTruncated(int generation)
    {
        lock (_gate)
        {
            if (generation == _generation)
            {
                StartGeneration();
                Volatile.Write(ref _size, CurrentSize());
                Volatile.Write(ref _lastChange, _time.GetTimestamp());
            }
        }
    }

    internal uint Links() => FileStatus.Of(_handle).Links;

    internal void Close()
    {
        State = FileState.Closed;
        _text?.Dispose();
        _handle.Dispose();
    }

    private long CurrentSize() => _text?.Length ?? RandomAccess.GetLength(_handle);

    private void StartGeneration()
    {
        Volatile.Write(ref _sizeBeforeTruncation, _size);
        Volatile.Write(ref _generation, _generation + 1);
    }

    /// <summary>What the first bytes of a generation say.</summary>
    private sealed record Detected(int Generation, TextEncoding Encoding);
}
