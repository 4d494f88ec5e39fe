using System.Buffers;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>The body of each record on a line of its own; newlines within become bars.</summary>
internal sealed class PlainFormat : RecordFormat
{
    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        var body = record.Body.ToArray();
        body.AsSpan().Replace((byte)'\n', (byte)'|');
        output.Write(body);
        output.Write("\n"u8);
    }
}
