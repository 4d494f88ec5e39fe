using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Shaping;

/// <summary>How a pattern says which lines belong together.</summary>
internal enum GroupingRule
{
    /// <summary>A matching line begins a record.</summary>
    FirstLine,

    /// <summary>A matching line belongs to the one before.</summary>
    Continuation,

    /// <summary>A matching line ends a record.</summary>
    End,
}

/// <summary>
/// Groups the lines of stack traces and the like by a pattern. A group's end is known only from the line behind it, so the last group
/// of a file is held back until more comes, time is up, or nothing more can come.
/// </summary>
internal sealed class LineGrouping(GroupingRule rule, Regex pattern, TimeSpan patience, int maxLines, int maxBytes) : RecordGrouping
{
    private const int Short = 1024;

    /// <inheritdoc/>
    public override TimeSpan Patience => patience;

    /// <inheritdoc/>
    public override int NextLength(ReadOnlySpan<byte> rest)
    {
        var (length, lines) = (0, 0);
        while (length < rest.Length)
        {
            var line = LineAt(rest, length, out var next);
            if (lines > 0 && (Begins(line) || lines == maxLines || next > maxBytes))
            {
                return length;
            }

            (length, lines) = (next, lines + 1);
            if (Ends(line))
            {
                return length;
            }
        }

        // a group that is as large as may be waits for nothing
        return IsFull(length, lines) ? length : 0;
    }

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> rest, int start, out int next)
    {
        var end = rest[start..].IndexOf((byte)'\n');
        next = end < 0 ? rest.Length : start + end + 1;
        var line = end < 0 ? rest[start..] : rest.Slice(start, end);
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    /// <summary>Whether a group is as large as may be.</summary>
    public bool IsFull(int length, int count) => count >= maxLines || length >= maxBytes;

    /// <summary>Whether a line is the last of its group.</summary>
    public bool Ends(ReadOnlySpan<byte> line) => rule == GroupingRule.End && Matches(line);

    /// <summary>Whether a line that is not the first of its group begins the next.</summary>
    public bool Begins(ReadOnlySpan<byte> line) => rule switch
    {
        GroupingRule.FirstLine => Matches(line),
        GroupingRule.Continuation => !Matches(line),
        _ => false,
    };

    private bool Matches(ReadOnlySpan<byte> line)
    {
        if (line.Length <= Short)
        {
            Span<char> text = stackalloc char[Short];
            return pattern.IsMatch(text[..Encoding.UTF8.GetChars(line, text)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(line.Length);
        var isMatch = pattern.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(line, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return isMatch;
    }
}
