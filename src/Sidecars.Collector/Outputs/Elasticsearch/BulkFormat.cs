using System.Buffers;
using System.Text;
using System.Text.Json;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Elasticsearch;

/// <summary>
/// Pairs of lines for the bulk interface: a <c>create</c> with the record's id, then the document. As <c>create</c> refuses an id that
/// is there already, a record that is sent again is stored once.
/// </summary>
internal sealed class BulkFormat(IndexName index, RecordId ids) : JsonRecordFormat(timeKey: "@timestamp")
{
    private byte[] _action = [];
    private long _hour = -1;

    /// <inheritdoc/>
    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        output.Write(Action(record.Time));
        Span<byte> id = stackalloc byte[RecordId.MostLength];
        output.Write(id[..ids.Write(record, id)]);
        output.Write("\"}}\n"u8);
        base.Write(record, output);
    }

    /// <summary>The action up to the id; the finest date in an index's name is the hour.</summary>
    private byte[] Action(DateTime time)
    {
        var hour = time.Ticks / TimeSpan.TicksPerHour;
        if (hour != _hour)
        {
            _hour = hour;
            _action = Encoding.UTF8.GetBytes($$$"""{"create":{"_index":"{{{JsonEncodedText.Encode(index.For(time))}}}","_id":" """.TrimEnd());
        }

        return _action;
    }
}
