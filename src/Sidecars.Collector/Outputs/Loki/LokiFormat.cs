using System.Buffers;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Outputs.Loki;

/// <summary>A push request: the entries of a batch by streams. It remembers which record became which entry, as Loki's answers name entries by time and stream.</summary>
internal abstract class LokiFormat(LokiOutputOptions options, LokiStreams streams) : RecordFormat
{
    private const int MostNames = 4096;

    private readonly List<LokiStream> _active = [];
    private readonly List<(long Time, LokiStream Stream)> _entries = [];
    private readonly Dictionary<string, byte[]> _metadataNames = [];
    private readonly JsonRecordFormat? _document = options.Encoding == LineEncoding.Json ? new JsonRecordFormat() : null;
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>The time and stream of each record of the batch, in the order of the records.</summary>
    public IReadOnlyList<(long Time, LokiStream Stream)> Entries => _entries;

    /// <inheritdoc/>
    public override void Begin(IBufferWriter<byte> output)
    {
        _active.ForEach(stream => stream.Clear());
        _active.Clear();
        _entries.Clear();
    }

    /// <inheritdoc/>
    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        var stream = streams.Of(record);
        if (stream.IsEmpty)
        {
            _active.Add(stream);
        }

        var time = stream.TimeOf(record);
        WriteEntry(record, time, Line(record), stream.Begin(out var start));
        stream.Add(start, time);
        _entries.Add((time, stream));
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output)
    {
        _active.ForEach(stream => stream.Sort());
        Compose(_active, output);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _document?.Dispose();
        base.Dispose();
    }

    protected abstract void WriteEntry(LogRecord record, long time, ReadOnlySpan<byte> line, IBufferWriter<byte> output);

    protected abstract void Compose(IReadOnlyList<LokiStream> streams, IBufferWriter<byte> output);

    /// <summary>Whether a field goes into the structured metadata, and its name there.</summary>
    protected bool TryMetadata(in Field field, out ReadOnlySpan<byte> name)
    {
        var isMetadata = options.StructuredMetadata && field.Kind != FieldKind.Null && !streams.IsLabel(field.Name);
        name = isMetadata ? MetadataName(field.Name.Text) : default;
        return isMetadata;
    }

    private byte[] MetadataName(string field)
    {
        if (!_metadataNames.TryGetValue(field, out var name))
        {
            name = System.Text.Encoding.UTF8.GetBytes(LabelName.Of(field));
            if (_metadataNames.Count < MostNames)
            {
                _metadataNames.Add(field, name);
            }
        }

        return name;
    }

    private ReadOnlySpan<byte> Line(LogRecord record)
    {
        if (_document is null)
        {
            return record.Body;
        }

        _line.ResetWrittenCount();
        _document.Write(record, _line);
        return _line.WrittenSpan[..^1];
    }
}
