using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Records;

/// <summary>What happens to a record between the file and its format: the parser, then the steps. One per output.</summary>
internal class RecordShaper
{
    /// <summary>Says which lines of a file belong together; null when each line is a record.</summary>
    public virtual RecordGrouping? GroupingOf(FileFollower file) => Grouping;

    /// <summary>The same for every file, where it does not depend on the file.</summary>
    public RecordGrouping? Grouping { get; init; }

    /// <summary>Whether only the beginning of a line over the limit is delivered; else it comes in pieces.</summary>
    public virtual bool TruncatesLongLines(FileFollower file) => false;

    /// <summary>
    /// Fills the record; it comes with its body, file, place and times. Returns why it is dropped, one of few words for the metrics;
    /// null when it is kept. With <paramref name="isRepeat"/> it was kept before and is only written again (a receiver did not take
    /// all of a batch): the same must come out, and nothing is decided (sampled, limited) or counted anew.
    /// </summary>
    public virtual string? Shape(LogRecord record, bool isRepeat) => null;
}
