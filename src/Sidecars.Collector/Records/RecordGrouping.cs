namespace Sidecars.Collector.Records;

/// <summary>Says which lines belong together; where there is none, each line is a record.</summary>
internal abstract class RecordGrouping
{
    /// <summary>How long a group may stay unfinished after the last write to the file; then it is taken as it is.</summary>
    public abstract TimeSpan Patience { get; }

    /// <summary>
    /// How many bytes the next record covers, from the start of <paramref name="rest"/> and terminators included; 0 when its end is
    /// not there yet: then it is held back, and asked for again with more bytes, or taken as it is when no more can come.
    /// </summary>
    public abstract int NextLength(ReadOnlySpan<byte> rest);

    /// <summary>
    /// The records that a group makes, in the order of their first lines; valid until the next call. Empty when it is one record, as it
    /// stands, which is so unless lines of several records may stand between each other.
    /// </summary>
    public virtual IReadOnlyList<RecordPart> Cut(ArraySegment<byte> group) => [];
}
