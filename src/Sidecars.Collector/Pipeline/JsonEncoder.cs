using System.Buffers;
using System.Text;
using System.Text.Json;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// One JSON object a line: <c>time</c> (when it was read), <c>file</c> and <c>line</c>. Bytes that are not UTF-8 become the
/// replacement character, so that what comes out is always JSON.
/// </summary>
internal sealed class JsonEncoder(TimeProvider time) : BatchEncoder
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly ArrayBufferWriter<byte> _output = new();
    private char[] _text = new char[1024];

    public override Batch Encode(in LineBlock block)
    {
        _output.ResetWrittenCount();
        var now = time.GetUtcNow().UtcDateTime;
        var lines = 0;
        using var writer = new Utf8JsonWriter(_output, Options);
        foreach (var line in block)
        {
            writer.Reset(_output);
            writer.WriteStartObject();
            writer.WriteString("time"u8, now);
            writer.WriteString("file"u8, block.File.Path);
            WriteText(writer, line.Text);
            writer.WriteEndObject();
            writer.Flush();
            _output.Write("\n"u8);
            lines++;
        }

        return new Batch(block, _output.WrittenMemory, lines);
    }

    private void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> text)
    {
        if (System.Text.Unicode.Utf8.IsValid(text))
        {
            writer.WriteString("line"u8, text);
            return;
        }

        if (_text.Length < text.Length)
        {
            _text = new char[text.Length];
        }

        var count = Encoding.UTF8.GetChars(text, _text);
        writer.WriteString("line"u8, _text.AsSpan(0, count));
    }
}
