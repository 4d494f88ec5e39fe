using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;
using Sidecars.Common.Protobuf;

namespace Sidecars.Collector.Outputs.Otlp;

/// <summary>
/// An ExportLogsServiceRequest (opentelemetry-proto 1.x): one resource, one scope, a log record for each record. The body is the line;
/// the fields are attributes with their types, beside <c>log.file.path</c>, <c>log.file.name</c> and <c>log.record.uid</c>, which is
/// the same whenever a record is sent again.
/// </summary>
internal sealed class OtlpFormat : RecordFormat
{
    private readonly ProtobufWriter _writer = new();
    private readonly RecordId _ids;
    private readonly byte[] _resource;
    private readonly byte[] _scope;
    private string? _path;
    private byte[] _file = [];
    private int _resourceLogs;
    private int _scopeLogs;

    public OtlpFormat(IEnumerable<KeyValuePair<string, string>> resource, RecordId ids)
    {
        _ids = ids;
        foreach (var (name, value) in resource)
        {
            TextAttribute(1, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }

        _resource = _writer.Written.ToArray();
        _writer.Clear();
        _writer.Bytes(1, "sidecars/collector"u8);
        _scope = _writer.Written.ToArray();
    }

    /// <inheritdoc/>
    public override void Begin(IBufferWriter<byte> output)
    {
        _writer.Clear();
        _resourceLogs = _writer.Begin(1);
        _writer.Bytes(1, _resource);
        _scopeLogs = _writer.Begin(2);
        _writer.Bytes(1, _scope);
    }

    /// <inheritdoc/>
    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        var start = _writer.Begin(2);
        if (record.HasOwnTime)
        {
            _writer.Fixed64(1, (ulong)UnixNanos.Of(record.Time));
        }

        if (record.Severity != Severity.Unspecified)
        {
            _writer.Number(2, (int)record.Severity);
            _writer.Bytes(3, SeverityWords.Of(record.Severity));
        }

        var body = _writer.Begin(5);
        _writer.Text(1, record.Body);
        _writer.End(body);
        foreach (ref readonly var field in record.Fields.All)
        {
            WriteField(field);
        }

        WriteOrigin(record);
        _writer.Fixed64(11, (ulong)UnixNanos.Of(record.ReadTime));
        _writer.End(start);
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output)
    {
        _writer.End(_scopeLogs);
        _writer.End(_resourceLogs);
        output.Write(_writer.Written);
    }

    private void WriteOrigin(LogRecord record)
    {
        if (!ReferenceEquals(record.File.Path, _path))
        {
            _path = record.File.Path;
            _file = Encoding.UTF8.GetBytes(_path);
        }

        TextAttribute(6, "log.file.path"u8, _file);
        TextAttribute(6, "log.file.name"u8, _file.AsSpan(_file.AsSpan().LastIndexOf((byte)'/') + 1));
        Span<byte> id = stackalloc byte[RecordId.MostLength];
        TextAttribute(6, "log.record.uid"u8, id[.._ids.Write(record, id)]);
        if (record.Unparsed is { } parser)
        {
            TextAttribute(6, "sidecars.unparsed"u8, FieldName.Of(parser).Utf8);
        }
    }

    private void TextAttribute(int field, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        var attribute = _writer.Begin(field);
        _writer.Text(1, name);
        var value = _writer.Begin(2);
        _writer.Text(1, text);
        _writer.End(value);
        _writer.End(attribute);
    }

    private void WriteField(in Field field)
    {
        var attribute = _writer.Begin(6);
        _writer.Text(1, field.Name.Utf8);
        var value = _writer.Begin(2);
        WriteValue(field);
        _writer.End(value);
        _writer.End(attribute);
    }

    /// <summary>The content of an AnyValue; it is empty for null.</summary>
    private void WriteValue(in Field field)
    {
        switch (field.Kind)
        {
            case FieldKind.Null:
                break;
            case FieldKind.Boolean:
                _writer.Number(2, field.Span is [(byte)'t', ..] ? 1 : 0);
                break;
            case FieldKind.Number when Utf8Parser.TryParse(field.Span, out long whole, out var read) && read == field.Span.Length:
                _writer.Number(3, whole);
                break;
            case FieldKind.Number when LogValue.TryNumber(field.Span, out var number):
                _writer.Fixed64(4, BitConverter.DoubleToUInt64Bits(number));
                break;
            case FieldKind.Json:
                OtlpJson.Write(field.Span, _writer);
                break;
            default:
                _writer.Text(1, field.Span);
                break;
        }
    }
}
