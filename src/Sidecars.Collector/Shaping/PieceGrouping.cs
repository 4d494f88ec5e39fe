using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>
/// Joins the pieces into which container runtimes cut long lines. A group goes on until no stream has an unfinished line, as the pieces
/// of one may stand between those of the other, and the cursor can only pass what is whole.
/// </summary>
internal sealed class PieceGrouping(PieceFormat format, int maxBytes) : RecordGrouping
{
    private const int None = -1;

    // pieces follow each other at once; when they do not, the runtime died
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly List<Piece> _pieces = [];
    private readonly List<RecordPart> _parts = [];
    private byte[] _text = [];

    /// <inheritdoc/>
    public override TimeSpan Patience => LongestPause;

    /// <inheritdoc/>
    public override int NextLength(ReadOnlySpan<byte> rest)
    {
        var (length, isOutputOpen, isErrorOpen) = (0, false, false);
        while (length < rest.Length)
        {
            var line = LineAt(rest, length, out length);
            if (format.TryRead(line, out var piece))
            {
                (isOutputOpen, isErrorOpen) = piece.IsError ? (isOutputOpen, piece.IsPartial) : (piece.IsPartial, isErrorOpen);
            }

            if ((!isOutputOpen && !isErrorOpen) || length >= maxBytes)
            {
                return length;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<RecordPart> Cut(ArraySegment<byte> group)
    {
        _parts.Clear();
        if (group.AsSpan().IndexOf((byte)'\n') is var newline && (newline < 0 || newline == group.Count - 1))
        {
            return _parts;
        }

        Link(group);
        if (_text.Length < group.Count)
        {
            _text = new byte[group.Count];
        }

        var used = 0;
        for (var i = 0; i < _pieces.Count; i++)
        {
            if (_pieces[i].IsFirst)
            {
                _parts.Add(_pieces[i].Next == None ? Single(group, _pieces[i]) : Join(group, i, ref used));
            }
        }

        return _parts;
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> rest, int start, out int next)
    {
        var end = rest[start..].IndexOf((byte)'\n');
        next = end < 0 ? rest.Length : start + end + 1;
        return end < 0 ? rest[start..] : rest.Slice(start, end);
    }

    private static RecordPart Single(ArraySegment<byte> group, in Piece piece) =>
        new(piece.Start, piece.Length, 1, WithoutTerminator(group.Slice(piece.Start, piece.Length)));

    private static ArraySegment<byte> WithoutTerminator(ArraySegment<byte> line)
    {
        line = line[^1] == (byte)'\n' ? line[..^1] : line;
        return line.Count > 0 && line[^1] == (byte)'\r' ? line[..^1] : line;
    }

    /// <summary>Finds the lines of the group, and for each piece the one that goes on with it.</summary>
    private void Link(ReadOnlySpan<byte> group)
    {
        _pieces.Clear();
        Span<int> open = [None, None];
        for (var at = 0; at < group.Length;)
        {
            var start = at;
            var line = LineAt(group, start, out at);
            ref var last = ref open[0];
            var isPiece = format.TryRead(line, out var piece);
            if (isPiece)
            {
                last = ref open[piece.IsError ? 1 : 0];
                if (last != None)
                {
                    _pieces[last] = _pieces[last] with { Next = _pieces.Count };
                }
            }

            var isFirst = !isPiece || last == None;
            if (isPiece)
            {
                last = piece.IsPartial ? _pieces.Count : None;
            }

            _pieces.Add(new Piece(start, at - start, piece, isFirst, None));
        }
    }

    /// <summary>The first piece's line with the text of all.</summary>
    private RecordPart Join(ArraySegment<byte> group, int index, ref int used)
    {
        var first = _pieces[index];
        var start = used;
        var (bytes, lines, isWhole) = (0, 0, false);
        Append(group.Slice(first.Start, first.Read.TextStart), ref used);
        for (var i = index; i != None; i = _pieces[i].Next)
        {
            var piece = _pieces[i];
            Append(group[(piece.Start + piece.Read.TextStart)..(piece.Start + piece.Read.TextEnd)], ref used);
            (bytes, lines, isWhole) = (bytes + piece.Length, lines + 1, !piece.Read.IsPartial);
        }

        Append(LineAt(group, first.Start, out _)[first.Read.TextEnd..], ref used);
        var body = new ArraySegment<byte>(_text, start, used - start);
        if (isWhole)
        {
            format.MarkWhole(body, first.Read);
        }

        return new RecordPart(first.Start, bytes, lines, body.Count > 0 && body[^1] == (byte)'\r' ? body[..^1] : body);
    }

    private void Append(ReadOnlySpan<byte> bytes, ref int used)
    {
        bytes.CopyTo(_text.AsSpan(used));
        used += bytes.Length;
    }

    /// <summary>A line of the group.</summary>
    /// <param name="Start">Where it begins in the group.</param>
    /// <param name="Length">Its bytes, terminator included.</param>
    /// <param name="Read">Where its text stands.</param>
    /// <param name="IsFirst">Whether a record begins with it.</param>
    /// <param name="Next">The index of the line that goes on with it.</param>
    private readonly record struct Piece(int Start, int Length, LinePiece Read, bool IsFirst, int Next);
}
