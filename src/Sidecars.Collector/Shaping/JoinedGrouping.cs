using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>
/// Joins the pieces of long lines first, then the lines that belong together, by what the application wrote and not by what the
/// container runtime wrote before it. The lines of a record follow each other and are of one stream: a line of the other stream ends
/// it, as its lines would have no end otherwise. Patterns see the first piece of a line, those for ends its last.
/// </summary>
internal sealed class JoinedGrouping(PieceFormat format, PieceGrouping pieces, LineGrouping lines) : RecordGrouping
{
    private readonly List<RecordPart> _parts = [];
    private byte[] _text = [];
    private int _used;

    /// <inheritdoc/>
    public override TimeSpan Patience => lines.Patience;

    /// <inheritdoc/>
    public override int NextLength(ReadOnlySpan<byte> rest)
    {
        var (length, count, isError) = (0, 0, false);
        while (length < rest.Length)
        {
            var size = pieces.NextLength(rest[length..]);
            if (size == 0)
            {
                return 0;
            }

            var unit = Read(rest.Slice(length, size));
            if (count > 0 && (!unit.IsOneLine || unit.IsError != isError || lines.Begins(unit.First) || lines.IsFull(length + size - 1, count)))
            {
                return length;
            }

            (length, count, isError) = (length + size, count + 1, unit.IsError);
            if (!unit.IsOneLine || lines.Ends(unit.Last))
            {
                return length;
            }
        }

        return lines.IsFull(length, count) ? length : 0;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<RecordPart> Cut(ArraySegment<byte> group)
    {
        _parts.Clear();
        if (group.AsSpan().IndexOf((byte)'\n') is var newline && (newline < 0 || newline == group.Count - 1))
        {
            return _parts;
        }

        if (_text.Length < group.Count)
        {
            _text = new byte[group.Count];
        }

        _used = 0;
        for (var at = 0; at < group.Count;)
        {
            var length = NextLength(group.AsSpan(at));
            length = length == 0 ? group.Count - at : length;
            Add(group, at, length);
            at += length;
        }

        return _parts;
    }

    /// <summary>What lies between two places where no stream has an unfinished line; nearly always one line.</summary>
    private Unit Read(ReadOnlySpan<byte> bytes)
    {
        var unit = new Unit { IsOneLine = true };
        var isFirst = true;
        while (!bytes.IsEmpty)
        {
            var newline = bytes.IndexOf((byte)'\n');
            var line = newline < 0 ? bytes : bytes[..newline];
            bytes = newline < 0 ? [] : bytes[(newline + 1)..];
            var isPiece = format.TryRead(line, out var piece);
            var text = isPiece ? line[piece.TextStart..piece.TextEnd] : line;
            unit.IsOneLine &= isFirst ? isPiece || bytes.IsEmpty : isPiece && piece.IsError == unit.IsError;
            unit.First = isFirst ? text : unit.First;
            unit.IsError = piece.IsError;
            unit.Last = text;
            isFirst = false;
        }

        return unit;
    }

    /// <summary>Adds the record of a stretch; more than one where lines of both streams stand between each other.</summary>
    private void Add(ArraySegment<byte> group, int start, int length)
    {
        var (begin, from) = (start, _used);
        for (var at = start; at < start + length;)
        {
            var size = pieces.NextLength(group.AsSpan(at, start + length - at));
            size = size == 0 ? start + length - at : size;
            var joined = pieces.Cut(group.Slice(at, size));
            if (joined.Count > 1)
            {
                End(group, begin, at - begin, from);
                AddEach(joined, at);
                (begin, from) = (at + size, _used);
            }
            else
            {
                AppendLine(joined.Count == 0 ? LogRecord.WithoutTerminator(group.Slice(at, size)) : joined[0].Body, isFirst: at == begin);
            }

            at += size;
        }

        End(group, begin, start + length - begin, from);
    }

    private void AddEach(IReadOnlyList<RecordPart> joined, int at)
    {
        foreach (var part in joined)
        {
            var from = _used;
            Append(part.Body);
            _parts.Add(part with { Start = at + part.Start, Body = new ArraySegment<byte>(_text, from, _used - from) });
        }
    }

    private void AppendLine(ReadOnlySpan<byte> line, bool isFirst)
    {
        if (isFirst)
        {
            Append(line);
            return;
        }

        Append("\n"u8);
        Append(format.TryRead(line, out var piece) ? line[piece.TextStart..piece.TextEnd] : line);
    }

    private void End(ArraySegment<byte> group, int start, int length, int from)
    {
        if (length > 0)
        {
            var bytes = group.AsSpan(start, length);
            var count = bytes.Count((byte)'\n') + (bytes[^1] == (byte)'\n' ? 0 : 1);
            _parts.Add(new RecordPart(start, length, count, new ArraySegment<byte>(_text, from, _used - from)));
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_text.AsSpan(_used));
        _used += bytes.Length;
    }

    private ref struct Unit
    {
        public ReadOnlySpan<byte> First;
        public ReadOnlySpan<byte> Last;
        public bool IsOneLine;
        public bool IsError;
    }
}
