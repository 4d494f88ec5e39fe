using System.IO.Compression;

namespace Sidecars.Common.Tailing;

/// <summary>
/// What a gzip file holds, read at any place of the text. Reading on is cheap; a place behind that of every reader at work costs
/// decompressing from the start. What a reader was asked for last is kept, as lines are read again from their beginnings.
/// </summary>
internal sealed class GzipText(Func<Stream> open, long length, byte[] head) : IDisposable
{
    // readers of one file that are at different places; each has one buffer and the decompressor's state
    private const int MostReaders = 16;

    private readonly List<Reader> _readers = [];
    private readonly Lock _gate = new();

    /// <summary>The bytes of the text.</summary>
    public long Length => length;

    /// <summary>
    /// Reads at a place, all that is asked for or up to the end; 0 at the end. Throws <see cref="IOException"/>, also when the file
    /// does not hold any more what it held when it was inspected: what is missing is not to be taken for its end.
    /// </summary>
    public int Read(Span<byte> buffer, long offset)
    {
        if (offset + buffer.Length <= head.Length)
        {
            head.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            return buffer.Length;
        }

        lock (_gate)
        {
            var reader = offset < length ? Take(offset) : null;
            try
            {
                var count = reader?.Read(buffer, offset) ?? 0;
                return count >= Math.Min(buffer.Length, length - offset) ? count : throw TooShort();
            }
            catch (InvalidDataException exception)
            {
                throw new IOException(exception.Message, exception);
            }
            finally
            {
                LetGo(offset);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _readers.ForEach(reader => reader.Dispose());
            _readers.Clear();
        }
    }

    private static IOException TooShort() => new("the compressed file is shorter than it was when it was inspected");

    private Reader Take(long offset)
    {
        var nearest = _readers.Where(reader => reader.Start <= offset).MaxBy(reader => reader.Start);
        if (nearest is not null)
        {
            _readers.Remove(nearest);
        }

        // the one used last stands last
        _readers.Add(nearest ?? new Reader(open()));
        return _readers[^1];
    }

    /// <summary>Who asks at the end has read it all; beyond so many readers the one that was idle longest goes.</summary>
    private void LetGo(long offset)
    {
        var superfluous = offset >= length ? _readers.FindIndex(reader => reader.End == length) : _readers.Count > MostReaders ? 0 : -1;
        if (superfluous >= 0)
        {
            _readers[superfluous].Dispose();
            _readers.RemoveAt(superfluous);
        }
    }

    /// <summary>One decompressor, and the text just before its place.</summary>
    private sealed class Reader(Stream file) : IDisposable
    {
        private readonly GZipStream _text = new(file, CompressionMode.Decompress);
        private byte[] _kept = new byte[Fingerprint.MaximumLength];
        private int _count;

        /// <summary>The place behind what is kept.</summary>
        public long End { get; private set; }

        /// <summary>The first place that is kept.</summary>
        public long Start => End - _count;

        public int Read(Span<byte> buffer, long offset)
        {
            while (End < offset)
            {
                _count = 0;
                if (!Fill((int)Math.Min(_kept.Length, offset - End)))
                {
                    throw TooShort();
                }
            }

            var gone = (int)(offset - Start);
            _kept.AsSpan(gone, _count - gone).CopyTo(_kept);
            _count -= gone;
            if (_kept.Length < buffer.Length)
            {
                Array.Resize(ref _kept, buffer.Length);
            }

            _ = Fill(buffer.Length);
            var count = Math.Min(_count, buffer.Length);
            _kept.AsSpan(0, count).CopyTo(buffer);
            return count;
        }

        public void Dispose() => _text.Dispose();

        /// <summary>Reads until so many bytes are kept; false when the text ends before.</summary>
        private bool Fill(int wanted)
        {
            while (_count < wanted)
            {
                var read = _text.Read(_kept, _count, wanted - _count);
                if (read == 0)
                {
                    return false;
                }

                _count += read;
                End += read;
            }

            return true;
        }
    }
}
