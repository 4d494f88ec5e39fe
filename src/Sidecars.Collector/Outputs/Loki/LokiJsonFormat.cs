using System.Buffers;
using System.Buffers.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Loki;

/// <summary>The push request as JSON: <c>{"streams":[{"stream":{..},"values":[["nanoseconds","line",{..}]]}]}</c>.</summary>
internal sealed class LokiJsonFormat(LokiOutputOptions options, LokiStreams streams) : LokiFormat(options, streams)
{
    /// <inheritdoc/>
    protected override void WriteEntry(LogRecord record, long time, ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(time, digits, out var length);
        var json = new JsonAppender(output);
        json.Text("["u8, digits[..length], InvalidUtf8.Replace);
        json.Text(","u8, line, InvalidUtf8.Replace);
        var separator = ",{\""u8;
        foreach (ref readonly var field in record.Fields.All)
        {
            if (TryMetadata(field, out var name))
            {
                json.Raw(separator);
                json.Raw(name);
                json.Text("\":"u8, field.Span, InvalidUtf8.Replace);
                separator = ",\""u8;
            }
        }

        json.Raw(separator.Length == 2 ? "}]"u8 : "]"u8);
        json.Flush();
    }

    /// <inheritdoc/>
    protected override void Compose(IReadOnlyList<LokiStream> streams, IBufferWriter<byte> output)
    {
        output.Write("{\"streams\":["u8);
        for (var i = 0; i < streams.Count; i++)
        {
            output.Write(i == 0 ? "{\"stream\":"u8 : ",{\"stream\":"u8);
            output.Write(streams[i].LabelsJson);
            var separator = ",\"values\":["u8;
            foreach (var entry in streams[i].Entries)
            {
                output.Write(separator);
                output.Write(entry.Span);
                separator = ","u8;
            }

            output.Write("]}"u8);
        }

        output.Write("]}"u8);
    }
}
