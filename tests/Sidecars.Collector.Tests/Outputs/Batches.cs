using System.Buffers;
using System.Text;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Tests.Outputs;

internal static class Batches
{
    public static Batch Of(string text) => new(default, Encoding.UTF8.GetBytes(text), text.Count(c => c == '\n'));

    public static Batch Of(RecordFormat format, params IReadOnlyCollection<LogRecord> records) => new(default, Write(format, records), records.Count);

    public static ReadOnlyMemory<byte> Write(RecordFormat format, params IEnumerable<LogRecord> records)
    {
        var output = new ArrayBufferWriter<byte>();
        format.Begin(output);
        foreach (var record in records)
        {
            format.Write(record, output);
        }

        format.End(output);
        return output.WrittenMemory;
    }
}
