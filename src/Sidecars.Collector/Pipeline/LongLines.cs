using System.Runtime.CompilerServices;
using Sidecars.Collector.Records;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// Drops, where it is wanted, all but the first piece of lines over the limit. That a block begins within such a line is known by the
/// place where the piece before it ended; a collector that starts there does not know it, and delivers the rest as one more line.
/// </summary>
internal sealed class LongLines
{
    private readonly ConditionalWeakTable<FileFollower, Place> _cut = [];

    /// <summary>Adds what is dropped of a block, from its start; returns how many bytes and lines it is.</summary>
    public (int Bytes, int Lines) DropRest(in LineBlock block, RecordShaper shaper, List<RecordExtent> extents)
    {
        if (!shaper.TruncatesLongLines(block.File))
        {
            return (0, 0);
        }

        var isRest = _cut.TryGetValue(block.File, out var cut) && cut.Generation == block.File.Generation && cut.Offset == block.Start;
        if (!block.IsWhole && (isRest || !block.ReachedEnd))
        {
            cut ??= _cut.GetValue(block.File, static _ => new Place());
            (cut.Generation, cut.Offset) = (block.File.Generation, block.End);
        }

        if (!isRest)
        {
            return (0, 0);
        }

        var newline = block.Bytes.Span.IndexOf((byte)'\n');
        var length = newline < 0 ? block.Bytes.Length : newline + 1;
        extents.Add(new RecordExtent(0, length, 1, "too_long"));
        return (length, 1);
    }

    private sealed class Place
    {
        public int Generation { get; set; }

        public long Offset { get; set; }
    }
}
