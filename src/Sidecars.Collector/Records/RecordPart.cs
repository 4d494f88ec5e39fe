namespace Sidecars.Collector.Records;

/// <summary>One of the records that the lines of a group make, where they make more than one or do not lie side by side.</summary>
/// <param name="Start">Where its first line begins in the group.</param>
/// <param name="Length">How many bytes its lines have, terminators included.</param>
/// <param name="Lines">How many lines it has.</param>
/// <param name="Body">Its text.</param>
internal readonly record struct RecordPart(int Start, int Length, int Lines, ArraySegment<byte> Body);
