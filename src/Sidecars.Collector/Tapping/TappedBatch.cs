using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Tapping;

/// <summary>Lines on their way to an output, as they stand in their file: a copy, since the lane reads on.</summary>
/// <param name="File">Their file.</param>
/// <param name="Start">Where they begin in it.</param>
/// <param name="Bytes">The lines.</param>
/// <param name="Records">The records that go to the output.</param>
/// <param name="Options">The configuration that says what is made of them.</param>
internal sealed record TappedBatch(FileFollower File, long Start, byte[] Bytes, RecordExtent[] Records, CollectorOptions Options);
