namespace Sidecars.Faults;

/// <summary>How a writer writes.</summary>
internal sealed record WriterHabits
{
    private const int UsualLength = 400;

    /// <summary>The most lines that are written at once.</summary>
    public int LinesPerTick { get; init; } = 20;

    /// <summary>Whether it pauses between ticks; else it writes at full speed.</summary>
    public bool IsPaced { get; init; } = true;

    /// <summary>What may become of the file.</summary>
    public IReadOnlyList<FileChange> Changes { get; init; } = [];

    /// <summary>How likely the file is changed after a tick.</summary>
    public double ChangeChance { get; init; } = 0.01;

    /// <summary>The most lines that still go to a file that was moved away.</summary>
    public int LateLines { get; init; } = 20;

    /// <summary>Whether a line is now and then written in two parts.</summary>
    public bool IsSplitting { get; init; } = true;

    /// <summary>The length that a line is not longer than without coming in pieces; 0 when there are no longer ones.</summary>
    public int LineLimit { get; init; }

    /// <summary>One length for all lines; 0 for any.</summary>
    public int EqualLength { get; init; }

    /// <summary>The length of the next line. The last piece of a long one is long enough to tell what it is of.</summary>
    public int LengthOfLine(Random random)
    {
        if (EqualLength > 0)
        {
            return EqualLength;
        }

        return LineLimit > 0 && random.Next(500) == 0
            ? (LineLimit * random.Next(1, 4)) + random.Next(LineText.Shortest, LineLimit)
            : random.Next(LineText.Shortest, UsualLength);
    }
}
