using System.Buffers;
using System.Runtime.InteropServices;
using Sidecars.Collector.Records;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// Cuts a block into records, has them shaped and writes them as the output's protocol has them, into one buffer that is used again.
/// A group of lines whose end is not there yet is held back: the batch then covers less than the block, and the cursor moves only so far.
/// </summary>
internal sealed class RecordEncoder(RecordFormat format, RecordShaper shaper, TimeProvider time) : BatchEncoder
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly List<RecordExtent> _extents = [];
    private readonly List<int> _kept = [];
    private readonly LongLines _longLines = new();
    private int[] _ends = new int[64];
    private LogRecord? _record;
    private (int Text, long File) _place;
    private DateTime _readTime;

    /// <summary>The bytes of payload at which a batch ends; the record that reaches it is the last.</summary>
    public long PayloadLimit { get; init; } = long.MaxValue;

    public override Batch Encode(in LineBlock block, bool flush)
    {
        _extents.Clear();
        _kept.Clear();
        _readTime = time.GetUtcNow().UtcDateTime;
        Begin();
        _place = (0, block.Start);
        var all = block.ReachedEnd && (flush || IsPatienceOver(block.File));
        var (covered, lines) = _longLines.DropRest(block, shaper, _extents);
        var isHeldBack = false;
        while (covered < block.Bytes.Length && _output.WrittenCount < PayloadLimit)
        {
            var length = NextLength(block, covered, all);
            isHeldBack = length == 0;
            if (isHeldBack)
            {
                break;
            }

            lines += Add(block, covered, length);
            covered += length;
        }

        format.End(_output);
        HeldBackFor = isHeldBack && block.ReachedEnd ? Wait(block.File) : null;
        return new Batch(block.First(covered), _output.WrittenMemory, lines)
        {
            Records = _kept.Count,
            HasDrops = _kept.Count < _extents.Count,
            Ends = Ends(_kept.Count),
        };
    }

    public override Batch Select(in Batch batch, ReadOnlySpan<int> records)
    {
        Begin();
        _place = (0, batch.Block.Start);
        for (var i = 0; i < records.Length; i++)
        {
            var extent = _extents[_kept[records[i]]];
            var record = Fill(batch.Block, extent, TextOf(batch.Block, extent));
            shaper.Shape(record, isRepeat: true);
            Write(record, i);
        }

        format.End(_output);
        return batch with { Payload = _output.WrittenMemory, Records = records.Length, Ends = Ends(records.Length) };
    }

    public override IReadOnlyList<RecordExtent> Extents(in Batch batch) => _extents;

    public override ReadOnlyMemory<byte> Text(in Batch batch, in RecordExtent extent) =>
        extent.Group is null ? base.Text(batch, extent) : TextOf(batch.Block, extent).ToArray();

    public override void Dispose()
    {
        format.Dispose();
        base.Dispose();
    }

    private void Begin()
    {
        _output.ResetWrittenCount();
        format.Begin(_output);
    }

    private int NextLength(in LineBlock block, int start, bool all)
    {
        var rest = block.Bytes.Span[start..];
        if (shaper.GroupingOf(block.File) is not { } grouping)
        {
            var newline = rest.IndexOf((byte)'\n');
            return newline < 0 ? rest.Length : newline + 1;
        }

        var length = grouping.NextLength(rest);

        // a group that fills the whole buffer cannot be given more bytes
        return length == 0 && (all || (start == 0 && !block.ReachedEnd)) ? rest.Length : length;
    }

    private int Add(in LineBlock block, int start, int length)
    {
        if (shaper.GroupingOf(block.File) is not { } grouping)
        {
            Add(block, new RecordExtent(start, length, 1), Body(block, start, length));
            return 1;
        }

        var lines = CountLines(block.Bytes.Span.Slice(start, length));
        var parts = grouping.Cut(Bytes(block, start, length));
        if (parts.Count == 0)
        {
            Add(block, new RecordExtent(start, length, lines), Body(block, start, length));
        }

        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            Add(block, new RecordExtent(start + part.Start, part.Length, part.Lines) { Group = new(start, length, i, parts.Count) }, part.Body);
        }

        return lines;
    }

    private void Add(in LineBlock block, in RecordExtent extent, ArraySegment<byte> body)
    {
        var record = Fill(block, extent, body);
        if (shaper.Shape(record, isRepeat: false) is { } reason)
        {
            _extents.Add(extent with { Dropped = reason });
            return;
        }

        Write(record, _kept.Count);
        _kept.Add(_extents.Count);
        _extents.Add(extent);
    }

    /// <summary>The text of a record that was cut before.</summary>
    private ArraySegment<byte> TextOf(in LineBlock block, in RecordExtent extent) => extent.Group is { } group
        ? shaper.GroupingOf(block.File)!.Cut(Bytes(block, group.Start, group.Length))[group.Index].Body
        : Body(block, extent.Start, extent.Length);

    private LogRecord Fill(in LineBlock block, in RecordExtent extent, ArraySegment<byte> body)
    {
        var record = _record ??= new LogRecord { File = block.File };
        record.Begin(block.File, OffsetOf(block, extent.Start), extent.LengthIn(block), body, _readTime);
        return record;
    }

    /// <summary>Where a place of the text is in the file; records come in their order, but for those of a group.</summary>
    private long OffsetOf(in LineBlock block, int start)
    {
        _place = start < _place.Text
            ? (start, block.Start + block.FileLength(0, start))
            : (start, _place.File + block.FileLength(_place.Text, start - _place.Text));
        return _place.File;
    }

    private void Write(LogRecord record, int index)
    {
        format.Write(record, _output);
        if (index == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * index);
        }

        _ends[index] = _output.WrittenCount;
    }

    private ReadOnlyMemory<int> Ends(int count) => _ends.AsMemory(0, count);

    private bool IsPatienceOver(FileFollower file) => shaper.GroupingOf(file) is { } grouping && file.QuietFor >= grouping.Patience;

    private TimeSpan Wait(FileFollower file)
    {
        var left = shaper.GroupingOf(file)!.Patience - file.QuietFor;
        return left > ShortestWait ? left : ShortestWait;
    }

    private static ArraySegment<byte> Bytes(in LineBlock block, int start, int length)
    {
        MemoryMarshal.TryGetArray(block.Bytes.Slice(start, length), out var bytes);
        return bytes;
    }

    private static ArraySegment<byte> Body(in LineBlock block, int start, int length)
    {
        var mark = start == 0 ? ByteOrderMark.LengthIn(block) : 0;
        return LogRecord.WithoutTerminator(Bytes(block, start + mark, length - mark));
    }

    private static int CountLines(ReadOnlySpan<byte> bytes) => bytes.Count((byte)'\n') + (bytes[^1] == (byte)'\n' ? 0 : 1);
}
