using Sidecars.Common.Tailing;

namespace Sidecars.Adapter.State;

/// <summary>What the logs counted and up to where, at one moment: a line is in the counts exactly when it is before its file's place.</summary>
internal sealed record SavedState(IReadOnlyList<SavedSource> Sources, IReadOnlyList<SavedFamily> Families)
{
    public static SavedState Empty { get; } = new([], []);
}

/// <summary>One followed input, known again by what it follows.</summary>
internal sealed record SavedSource(string Name, string Path, bool FromEnd, IReadOnlyList<SavedFile> Files);

/// <summary>How far one file was counted, and whether that is in the middle of a line that was too long.</summary>
internal sealed record SavedFile(string Path, FileIdentity Identity, FileMark Mark, bool InLongLine);

/// <summary>The series of one metric, and the sources (by index) whose lines are in them.</summary>
internal sealed record SavedFamily(string Identity, IReadOnlyList<int> Sources, long Overflowed, IReadOnlyList<SavedSeries> Series);

/// <summary>One series: its label values as a key, its value, the time it was made and, of a histogram, the counts of its buckets.</summary>
internal sealed record SavedSeries(byte[] Key, double Value, double Created, long[] Counts);
