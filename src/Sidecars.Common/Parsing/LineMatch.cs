namespace Sidecars.Common.Parsing;

/// <summary>Where in its line a value stands.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">The number of bytes.</param>
public readonly record struct FieldSpan(int Start, int Length)
{
    /// <summary>The value itself.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line) => line.Slice(Start, Length);
}

/// <summary>What became of a line: a match, or which variable's value could not be cut and where it begins.</summary>
/// <param name="Field">The index of the variable at which the scan ended; -1 for a match.</param>
/// <param name="Offset">The byte of the line from which on it does not fit.</param>
public readonly record struct LineMatch(int Field, int Offset)
{
    /// <summary>The line matched.</summary>
    public static LineMatch Success { get; } = new(-1, 0);

    /// <summary>Whether the line matched.</summary>
    public bool IsMatch => Field < 0;
}

/// <summary>Why a format cannot be compiled.</summary>
/// <param name="Position">The character of the format, counted from 0.</param>
/// <param name="Message">What is wrong, and the remedy.</param>
public sealed record LogFormatError(int Position, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"at character {Position + 1}: {Message}";
}
