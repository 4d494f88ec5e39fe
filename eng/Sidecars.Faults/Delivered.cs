namespace Sidecars.Faults;

/// <summary>
/// What a receiver acknowledged, compared with what was written. In each file there is one place up to which all is delivered; it may
/// only move on without a gap, so a lost line, a line out of order and a changed byte each show at once. What ends before the place is
/// a repetition.
/// </summary>
internal sealed class Delivered(WrittenFiles written)
{
    private const int MostProblems = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<FileKey, long> _places = [];
    private readonly List<string> _problems = [];
    private byte[] _expected = [];
    private long _bytes;
    private long _repeated;
    private int _torn;

    /// <summary>Bytes of lines that came for the first time.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes of lines that came again.</summary>
    public long RepeatedBytes => Interlocked.Read(ref _repeated);

    /// <summary>How many pieces are too short to tell what they are of.</summary>
    public int Torn => Volatile.Read(ref _torn);

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
            {
                return [.. _problems];
            }
        }
    }

    /// <summary>Up to where a file is delivered.</summary>
    public long PlaceIn(FileKey key)
    {
        lock (_gate)
        {
            return _places.GetValueOrDefault(key);
        }
    }

    /// <summary>Whether everything arrived that is not the writer's own loss.</summary>
    public bool IsComplete => written.All.All(file => file.IsTruncated || PlaceIn(file.Key) == file.Length);

    /// <summary>Lines that did not arrive.</summary>
    public int MissingLines => written.All.Where(file => !file.IsTruncated).Sum(file => file.LinesBehind(PlaceIn(file.Key)));

    /// <summary>Takes the lines of a batch, newlines between; returns how many bytes they have.</summary>
    public int AddLines(ReadOnlySpan<byte> text)
    {
        var bytes = 0;
        lock (_gate)
        {
            foreach (var range in text.Split((byte)'\n'))
            {
                if (text[range] is { IsEmpty: false } line)
                {
                    Add(line);
                    bytes += line.Length;
                }
            }
        }

        return bytes;
    }

    /// <summary>Takes one line.</summary>
    public void AddLine(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            Add(line);
        }
    }

    private void Add(ReadOnlySpan<byte> piece)
    {
        if (!LineText.TryIdentify(piece, out var key, out var line, out var start))
        {
            AddWithoutNumber(piece);
            return;
        }

        if (written.Find(key) is not { } file || !file.TryFind(line, out var lineStart, out var length) || start + piece.Length > length || !IsRight(piece, key, line, start))
        {
            Report($"{piece.Length} bytes of line {line} of {key} are not as written: {Excerpt(piece)}");
            return;
        }

        Move(key, lineStart + start, piece.Length);
    }

    /// <summary>A last line that is delivered half written may be cut off anywhere: a short piece is known by what should come next.</summary>
    private void AddWithoutNumber(ReadOnlySpan<byte> piece)
    {
        if (piece.Length >= LineText.Shortest)
        {
            Report($"{piece.Length} bytes that nobody wrote: {Excerpt(piece)}");
            return;
        }

        foreach (var file in written.All)
        {
            var place = _places.GetValueOrDefault(file.Key);
            var line = file.LineAt(place);
            if (file.TryFind(line, out var start, out var length) && place - start + piece.Length <= length && IsRight(piece, file.Key, line, (int)(place - start)))
            {
                Move(file.Key, place, piece.Length);
                return;
            }
        }

        _torn++;
    }

    private void Move(FileKey key, long from, int length)
    {
        var place = _places.GetValueOrDefault(key);
        if (from > place)
        {
            Report($"a gap in {key}: delivered up to {place}, then came {from}");
        }

        var fresh = Math.Min(length, from + length - place);
        if (fresh > 0)
        {
            _places[key] = from + length;
            _bytes += fresh;
        }

        _repeated += length - Math.Max(0, fresh);
    }

    private bool IsRight(ReadOnlySpan<byte> piece, FileKey key, int line, int start)
    {
        if (_expected.Length < piece.Length)
        {
            _expected = new byte[2 * piece.Length];
        }

        var expected = _expected.AsSpan(0, piece.Length);
        LineText.Fill(expected, key, line, start);
        return piece.SequenceEqual(expected);
    }

    private void Report(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
    }

    private static string Excerpt(ReadOnlySpan<byte> piece) =>
        System.Text.Encoding.Latin1.GetString(piece.Length <= 120 ? piece : piece[..120]);
}
