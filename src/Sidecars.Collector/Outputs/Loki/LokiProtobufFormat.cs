using System.Buffers;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Common.Protobuf;
using Snappier;

namespace Sidecars.Collector.Outputs.Loki;

/// <summary>The push request as protobuf (PushRequest of pkg/push/push.proto), in one block of snappy.</summary>
internal sealed class LokiProtobufFormat(LokiOutputOptions options, LokiStreams streams) : LokiFormat(options, streams)
{
    private readonly ProtobufWriter _entry = new();
    private readonly ProtobufWriter _request = new();

    /// <inheritdoc/>
    protected override void WriteEntry(LogRecord record, long time, ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        _entry.Clear();
        var entry = _entry.Begin(2);
        var timestamp = _entry.Begin(1);
        _entry.Number(1, time / UnixNanos.PerSecond);
        _entry.Number(2, time % UnixNanos.PerSecond);
        _entry.End(timestamp);
        _entry.Text(2, line);
        foreach (ref readonly var field in record.Fields.All)
        {
            if (TryMetadata(field, out var name))
            {
                var pair = _entry.Begin(3);
                _entry.Bytes(1, name);
                _entry.Text(2, field.Span);
                _entry.End(pair);
            }
        }

        _entry.End(entry);
        output.Write(_entry.Written);
    }

    /// <inheritdoc/>
    protected override void Compose(IReadOnlyList<LokiStream> streams, IBufferWriter<byte> output)
    {
        _request.Clear();
        foreach (var stream in streams)
        {
            var start = _request.Begin(1);
            _request.Text(1, stream.LabelsUtf8);
            foreach (var entry in stream.Entries)
            {
                _request.Raw(entry.Span);
            }

            _request.End(start);
        }

        output.Advance(Snappy.Compress(_request.Written, output.GetSpan(Snappy.GetMaxCompressedLength(_request.Length))));
    }
}
