using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>The three bytes that some programs begin UTF-8 files with; they are no part of the first line.</summary>
internal static class ByteOrderMark
{
    /// <summary>How many bytes of a block are one: it is at the very start of a file.</summary>
    public static int LengthIn(in LineBlock block) => block.Start == 0 && block.Bytes.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
}
