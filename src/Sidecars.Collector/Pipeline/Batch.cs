using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// Whole lines of one file on their way to one output: the exact range of the file, and the bytes to deliver, which end with a
/// newline. Valid until the lane reads on, which it does only after the acknowledgement.
/// </summary>
internal readonly record struct Batch(LineBlock Block, ReadOnlyMemory<byte> Payload, int Lines)
{
    /// <summary>How many bytes of the file the batch covers.</summary>
    public int Length => Block.Bytes.Length;
}
