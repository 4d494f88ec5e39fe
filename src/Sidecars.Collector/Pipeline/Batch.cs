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
    public int Length => Block.Bytes.Length;
}

/// <summary>Where a record stands.</summary>
/// <param name="Start">Its first byte, counted from the start of its block.</param>
/// <param name="Length">Its bytes, terminators included.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Dropped">Why it is not in the payload; null when it is.</param>
internal readonly record struct RecordExtent(int Start, int Length, int Lines, string? Dropped = null)
{
    /// <summary>Its end, counted from the start of its block.</summary>
    public int End => Start + Length;
}
