using System.Buffers;

namespace Sidecars.Collector.Records;

/// <summary>The text of each record as steps left it, and a newline.</summary>
internal sealed class RawRecordFormat : RecordFormat
{
    /// <inheritdoc/>
    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        output.Write(record.Body.AsSpan());
        output.Write("\n"u8);
    }
}
