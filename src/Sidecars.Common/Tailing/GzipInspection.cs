using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Sidecars.Common.Tailing;

/// <summary>
/// A gzip file that was read from start to end once, so that it is known to be whole, how long its text is, and by what it is known:
/// the decompressor takes a file that is still being written for one that ends there.
/// </summary>
internal sealed class GzipInspection : IDisposable
{
    private const int Chunk = 64 * 1024;
    private const int TrailerLength = 8;

    private readonly SafeFileHandle? _handle;
    private readonly byte[] _head = [];
    private readonly Fingerprint _end;

    private GzipInspection(string path, SafeFileHandle? handle, CancellationToken cancellation)
    {
        (Path, _handle) = (path, handle);
        if (handle is null)
        {
            return;
        }

        Status = FileStatus.Of(handle);
        var (length, sum) = Read(0, cancellation, out _head, out var end);
        (Length, _end) = (length, Fingerprint.OfEnd(end));
        Problem = IsWhole(sum, cancellation) ? null : "it does not end as gzip files do; it is still being written, or damaged";
    }

    /// <summary>Where it was read.</summary>
    public string Path { get; }

    /// <summary>What it was when reading began.</summary>
    public FileStatus Status { get; }

    /// <summary>The bytes of its text.</summary>
    public long Length { get; }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>Reads it; never throws.</summary>
    public static GzipInspection Of(string path, CancellationToken cancellation)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new GzipInspection(path, handle, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException)
        {
            handle?.Dispose();
            return new GzipInspection(path, null, cancellation) { Problem = exception.Message };
        }
    }

    /// <summary>Makes it a file to follow, which has the handle from then on.</summary>
    public FileFollower Follow(long startOffset, TextEncoding encoding, TimeProvider time)
    {
        var handle = _handle!;
        return new FileFollower(Path, handle, Status, startOffset, time, new GzipText(() => Again(handle), Length, _head)) { DeclaredEncoding = encoding };
    }

    /// <summary>Whether it has what a file that is not compressed has: the same beginning, and at its end the same bytes at the same place.</summary>
    public bool IsCopyOf(FileFollower file)
    {
        Span<byte> bytes = stackalloc byte[Fingerprint.MaximumLength];
        try
        {
            var head = bytes[.._head.Length];
            if (Length == 0 || file.Read(head, 0) != head.Length || !head.SequenceEqual(_head))
            {
                return false;
            }

            var end = bytes[.._end.Length];
            return _end.Matches(end[..file.Read(end, Length - end.Length)]);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    private static FileStream Again(SafeFileHandle handle) => OpenFile.Again(handle, FileAccess.Read);

    /// <summary>Decompresses all of it; the checksum is that of what lies behind a place.</summary>
    private (long Length, uint Sum) Read(long summedFrom, CancellationToken cancellation, out byte[] head, out ReadOnlySpan<byte> end)
    {
        using var text = new GZipStream(Again(_handle!), CompressionMode.Decompress);
        var buffer = new byte[Fingerprint.MaximumLength + Chunk];
        var sum = new Crc32();
        var (length, kept, first) = (0L, 0, new byte[Fingerprint.MaximumLength]);
        for (int count; (count = text.Read(buffer, kept, Chunk)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var fresh = buffer.AsSpan(kept, count);
            if (length < first.Length)
            {
                fresh[..(int)Math.Min(count, first.Length - length)].CopyTo(first.AsSpan((int)length));
            }

            sum.Append(fresh[(int)Math.Clamp(summedFrom - length, 0, count)..]);
            length += count;
            var all = buffer.AsSpan(0, kept + count);
            kept = Math.Min(all.Length, Fingerprint.MaximumLength);
            all[^kept..].CopyTo(buffer);
        }

        head = first[..(int)Math.Min(length, first.Length)];
        end = buffer.AsSpan(0, kept);
        return (length, sum.GetCurrentHashAsUInt32());
    }

    /// <summary>Whether the last eight bytes are checksum and length (RFC 1952) of the text, or of its last part: gzip files may be strung together.</summary>
    private bool IsWhole(uint sum, CancellationToken cancellation)
    {
        Span<byte> trailer = stackalloc byte[TrailerLength];
        if (Status.Size <= TrailerLength || RandomAccess.Read(_handle!, trailer, Status.Size - TrailerLength) != TrailerLength)
        {
            return false;
        }

        var expected = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (size == (uint)Length)
        {
            return sum == expected;
        }

        return size < Length && Read(Length - size, cancellation, out _, out _).Sum == expected;
    }
}
