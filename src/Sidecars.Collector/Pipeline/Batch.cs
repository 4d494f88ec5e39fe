using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// Lines of one file on their way to one output: the exact range of the file that is settled with them, and the bytes to deliver.
/// Valid until the lane reads on, which it does only after the acknowledgement.
/// </summary>
/// <param name="Block">The range of the file; it ends before what was held back.</param>
/// <param name="Payload">The bytes to deliver.</param>
/// <param name="Lines">How many lines the range has.</param>
internal readonly record struct Batch(LineBlock Block, ReadOnlyMemory<byte> Payload, int Lines)
{
    /// <summary>How many records the payload has: as many as lines, where lines are delivered as they are.</summary>
    public int Records { get; init; } = Lines;

    /// <summary>Whether lines of the range are not in the payload, as they are not to be delivered.</summary>
    public bool HasDrops { get; init; }

    /// <summary>Where each record ends in the payload, for outputs that send them one by one; empty where lines are delivered as they are.</summary>
    public ReadOnlyMemory<int> Ends { get; init; }

    /// <summary>How many bytes of the file the batch covers.</summary>
    public int Length => Block.Length;
}

/// <summary>Where a record stands.</summary>
/// <param name="Start">Its first byte, counted from the start of its block's text.</param>
/// <param name="Length">Its bytes of that text, terminators included; where it is of a group they may not lie side by side.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Dropped">Why it is not in the payload; null when it is.</param>
internal readonly record struct RecordExtent(int Start, int Length, int Lines, string? Dropped = null)
{
    /// <summary>The lines that it shares with other records; null when it has its lines for itself.</summary>
    public RecordGroup? Group { get; init; }

    /// <summary>Where the lines end that it is of, counted from the start of its block.</summary>
    public int End => Group is { } group ? group.Start + group.Length : Start + Length;

    /// <summary>How many bytes of the file it has.</summary>
    public int LengthIn(in LineBlock block) => Group is null ? block.FileLength(Start, Length) : Length;

    /// <summary>Whether lines of the records before it are among those behind it: the cursor cannot stand here.</summary>
    public bool IsInGroup => Group is { } group && group.Index < group.Count - 1;
}

/// <summary>Lines that make several records, whose lines may stand between each other.</summary>
/// <param name="Start">Its first byte, counted from the start of its block.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Index">Which of its records it is.</param>
/// <param name="Count">How many records it has.</param>
internal readonly record struct RecordGroup(int Start, int Length, int Index, int Count);
