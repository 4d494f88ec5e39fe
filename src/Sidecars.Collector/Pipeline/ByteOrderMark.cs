using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>The three bytes that some programs begin UTF-8 files with; they are no part of the first line.</summary>
internal static class ByteOrderMark
{
    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>How many bytes of a block are one: it is at the very start of a file.</summary>
    public static int LengthIn(in LineBlock block) => block.Start == 0 && block.Bytes.Span.StartsWith(Mark) ? Mark.Length : 0;

    /// <summary>A line without it, given where the line begins in its file.</summary>
    public static ArraySegment<byte> Without(ArraySegment<byte> line, long offset) =>
        offset == 0 && line.AsSpan().StartsWith(Mark) ? line[Mark.Length..] : line;
}
