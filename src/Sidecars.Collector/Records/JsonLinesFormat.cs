using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Records;

/// <summary>
/// One JSON object a line: <c>time</c>, <c>file</c>, and the fields, or <c>line</c> when there are none. Bytes that are not UTF-8
/// become the replacement character, so that what comes out is always JSON.
/// </summary>
internal sealed class JsonLinesFormat : RecordFormat
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly Utf8JsonWriter _writer = new(Stream.Null, Options);
    private char[] _text = new char[1024];

    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        _writer.Reset(output);
        _writer.WriteStartObject();
        _writer.WriteString("time"u8, record.Time);
        _writer.WriteString("file"u8, record.File.Path);
        if (record.Fields.Count == 0)
        {
            WriteText("line"u8, record.Body);
        }

        foreach (ref readonly var field in record.Fields.All)
        {
            WriteField(field);
        }

        _writer.WriteEndObject();
        _writer.Flush();
        output.Write("\n"u8);
    }

    public override void Dispose()
    {
        _writer.Dispose();
        base.Dispose();
    }

    private void WriteField(in Field field)
    {
        if (field.Kind == FieldKind.Text)
        {
            WriteText(field.Name.Utf8, field.Span);
            return;
        }

        _writer.WritePropertyName(field.Name.Utf8);
        if (field.Kind == FieldKind.Null)
        {
            _writer.WriteNullValue();
        }
        else
        {
            _writer.WriteRawValue(field.Span, skipInputValidation: true);
        }
    }

    private void WriteText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
        {
            _writer.WriteString(name, text);
            return;
        }

        if (_text.Length < text.Length)
        {
            _text = new char[text.Length];
        }

        var count = Encoding.UTF8.GetChars(text, _text);
        _writer.WriteString(name, _text.AsSpan(0, count));
    }
}
