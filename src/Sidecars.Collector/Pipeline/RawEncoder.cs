using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>Lines as they are, straight from the read buffer; a line without its newline gets one.</summary>
internal sealed class RawEncoder : BatchEncoder
{
    private readonly List<RecordExtent> _extents = [];
    private byte[] _copy = [];

    public override Batch Encode(in LineBlock block, bool flush)
    {
        var lines = block.CountLines();
        if (block.IsWhole)
        {
            return new Batch(block, block.Bytes[ByteOrderMark.LengthIn(block)..], lines);
        }

        var length = Copy(block.Bytes.Span[ByteOrderMark.LengthIn(block)..], 0);
        return new Batch(block, _copy.AsMemory(0, length), lines);
    }

    public override Batch Select(in Batch batch, ReadOnlySpan<int> records)
    {
        var extents = Extents(batch);
        var bytes = batch.Block.Bytes.Span;
        var length = 0;
        foreach (var record in records)
        {
            var line = bytes.Slice(extents[record].Start, extents[record].Length);
            length = Copy(extents[record].Start == 0 ? line[ByteOrderMark.LengthIn(batch.Block)..] : line, length);
        }

        return batch with { Payload = _copy.AsMemory(0, length), Records = records.Length };
    }

    public override IReadOnlyList<RecordExtent> Extents(in Batch batch)
    {
        _extents.Clear();
        var start = 0;
        var rest = batch.Block.Bytes.Span;
        while (!rest.IsEmpty)
        {
            var newline = rest.IndexOf((byte)'\n');
            var length = newline < 0 ? rest.Length : newline + 1;
            _extents.Add(new RecordExtent(start, length, 1));
            start += length;
            rest = rest[length..];
        }

        return _extents;
    }

    private int Copy(ReadOnlySpan<byte> bytes, int at)
    {
        if (_copy.Length < at + bytes.Length + 1)
        {
            Array.Resize(ref _copy, Math.Max(2 * _copy.Length, at + bytes.Length + 1));
        }

        bytes.CopyTo(_copy.AsSpan(at));
        at += bytes.Length;
        if (!bytes.EndsWith("\n"u8))
        {
            _copy[at++] = (byte)'\n';
        }

        return at;
    }
}
