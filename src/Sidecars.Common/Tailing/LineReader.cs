namespace Sidecars.Common.Tailing;

/// <summary>
/// Cuts what was appended to files into blocks of whole lines. One reader, with one buffer, serves all the files of one consumer:
/// an unfinished last line is not kept but read again once it grew, so memory depends neither on the number of files nor on what
/// they hold. Nothing is allocated per line or per block.
/// <para>
/// The hard case is a file that was truncated and has grown past the old place before anyone looked: each read also takes the bytes
/// just before the place and compares their fingerprint; when they are not the ones that were read, the file starts anew.
/// </para>
/// </summary>
public sealed class LineReader
{
    private readonly int _lineLimit;
    private readonly byte[] _buffer;
    private byte[] _text = [];

    /// <summary>A reader of lines of at most so many bytes; a longer line comes in pieces of that size.</summary>
    /// <param name="lineLimit">The bytes of the longest line, its newline included.</param>
    /// <param name="blockLimit">The bytes of the largest block: as many as the longest line has, or more.</param>
    public LineReader(int lineLimit, int blockLimit = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lineLimit, 1);
        _lineLimit = lineLimit;
        _buffer = GC.AllocateUninitializedArray<byte>(Fingerprint.MaximumLength + Math.Max(lineLimit, blockLimit));
    }

    /// <summary>
    /// Reads the block at a position, without moving the position: the consumer does, by <see cref="TailPosition.Advance"/>, once it
    /// is done with the block. False at the end of the file. With <paramref name="flush"/> a last line without its newline is a block
    /// of its own; else it is held back until the rest is written. Throws <see cref="IOException"/> when the file cannot be read.
    /// </summary>
    public bool TryRead(TailPosition position, bool flush, out LineBlock block)
    {
        ArgumentNullException.ThrowIfNull(position);
        if (position.Generation != position.File.Generation)
        {
            position.Restart();
        }

        if (!TryFill(position, out var count))
        {
            position.File.ReportTruncated(position.Generation);
            position.Restart();
            _ = TryFill(position, out count);
        }

        return TryCut(position, count, flush, out block);
    }

    /// <summary>Fills the buffer: the window before the place, then what follows. False when the window is not what it was.</summary>
    private bool TryFill(TailPosition position, out int count)
    {
        var window = position.Window;
        var capacity = _buffer.Length - Fingerprint.MaximumLength + window.Length;
        var from = position.Offset - window.Length;
        var total = 0;
        int read;
        do
        {
            read = position.File.Read(_buffer.AsSpan(total, capacity - total), from + total);
            total += read;
        }
        while (read > 0 && total < window.Length);

        count = total - window.Length;
        return count >= 0 && (window.Length == 0 || window.Matches(_buffer.AsSpan(0, window.Length)));
    }

    private bool TryCut(TailPosition position, int count, bool flush, out LineBlock block)
    {
        block = default;
        if (count <= 0)
        {
            return false;
        }

        var start = position.Window.Length;
        var data = _buffer.AsSpan(start, count);
        var encoding = position.File.EncodingOf(position.Offset == 0 ? data : default);
        var end = encoding == TextEncoding.Utf8 ? EndBeforeLongLine(data) : Math.Min(count, _lineLimit);
        var isFull = end < count || end == _lineLimit || end == _buffer.Length - Fingerprint.MaximumLength;
        data = data[..end];
        var length = encoding == TextEncoding.Utf8
            ? data.LastIndexOf((byte)'\n') + 1
            : LengthOfUtf16(data, position.Offset, encoding, isFull);
        if (length == 0)
        {
            if (!isFull && !flush)
            {
                return false;
            }

            length = end;
        }

        var bytes = _buffer.AsMemory(0, start + length);
        block = encoding == TextEncoding.Utf8
            ? new LineBlock(position, bytes, reachedEnd: !isFull)
            : new LineBlock(position, bytes, reachedEnd: !isFull, Transcode(data[..length], position.Offset, encoding));
        return true;
    }

    /// <summary>All that was read, or what stands before a line over the limit, or the first piece of that line.</summary>
    private int EndBeforeLongLine(ReadOnlySpan<byte> data)
    {
        var start = 0;
        while (data.Length - start >= _lineLimit)
        {
            var newline = data.Slice(start, _lineLimit).LastIndexOf((byte)'\n');
            if (newline < 0)
            {
                return start > 0 ? start : _lineLimit;
            }

            start += newline + 1;
        }

        return data.Length;
    }

    /// <summary>The whole lines, or of a line that fills the buffer what can be told apart from its rest; 0 when there is neither.</summary>
    private static int LengthOfUtf16(ReadOnlySpan<byte> data, long offset, TextEncoding encoding, bool takesPiece)
    {
        // a file that ended within a unit when its end was taken for one
        var half = (int)(offset & 1);
        var isBigEndian = encoding == TextEncoding.Utf16BigEndian;
        var lines = Utf16Text.EndOfLastLine(data[half..], isBigEndian);
        var length = lines > 0 || !takesPiece ? lines : Utf16Text.WholeLength(data[half..], isBigEndian);
        return length == 0 ? 0 : half + length;
    }

    private ReadOnlyMemory<byte> Transcode(ReadOnlySpan<byte> data, long offset, TextEncoding encoding)
    {
        if (_text.Length == 0)
        {
            _text = GC.AllocateUninitializedArray<byte>(Utf16Text.MaximumLength(_buffer.Length));
        }

        return _text.AsMemory(0, Utf16Text.Transcode(data, encoding == TextEncoding.Utf16BigEndian, (offset & 1) == 1, _text));
    }
}
