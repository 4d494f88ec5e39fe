using System.Buffers;
using System.Text;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Outputs.Syslog;

/// <summary>
/// The record's file and fields as one element of structured data (RFC 5424, section 6.3): values are UTF-8 with <c>"</c>, <c>\</c>
/// and <c>]</c> escaped; what a name may not have becomes <c>_</c>, and it ends after 32 characters.
/// </summary>
internal sealed class StructuredData(string id)
{
    private const int LongestName = 32;
    private static readonly SearchValues<byte> Escaped = SearchValues.Create("\"\\]"u8);

    private readonly byte[] _start = Encoding.ASCII.GetBytes("[" + id);

    public void Write(LogRecord record, IBufferWriter<byte> output)
    {
        output.Write(_start);
        output.Write(" file=\""u8);
        WriteText(record.File.Path, output);
        output.Write("\""u8);
        foreach (ref readonly var field in record.Fields.All)
        {
            if (field.Kind != FieldKind.Null)
            {
                output.Write(" "u8);
                WriteName(field.Name.Utf8, output);
                output.Write("=\""u8);
                WriteValue(field.Span, output);
                output.Write("\""u8);
            }
        }

        output.Write("]"u8);
    }

    private static void WriteName(ReadOnlySpan<byte> name, IBufferWriter<byte> output)
    {
        var length = Math.Min(name.Length, LongestName);
        var written = output.GetSpan(length);
        for (var i = 0; i < length; i++)
        {
            written[i] = name[i] is > (byte)' ' and <= (byte)'~' and not ((byte)'=' or (byte)'"' or (byte)']') ? name[i] : (byte)'_';
        }

        output.Advance(length);
    }

    private static void WriteText(string text, IBufferWriter<byte> output)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        WriteValue(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), output);
        ArrayPool<byte>.Shared.Return(utf8);
    }

    private static void WriteValue(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        while (!value.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(value, out _, out var consumed);
            if (status != OperationStatus.Done)
            {
                output.Write("\uFFFD"u8);
                value = value[consumed..];
                continue;
            }

            var plain = PlainLength(value);
            if (plain == 0)
            {
                output.Write("\\"u8);
                plain = 1;
            }

            output.Write(value[..plain]);
            value = value[plain..];
        }
    }

    /// <summary>How many bytes at the start are valid UTF-8 that needs no escape.</summary>
    private static int PlainLength(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOfAny(Escaped);
        var plain = end < 0 ? value : value[..end];
        if (System.Text.Unicode.Utf8.IsValid(plain))
        {
            return plain.Length;
        }

        var valid = 0;
        while (Rune.DecodeFromUtf8(plain[valid..], out _, out var consumed) == OperationStatus.Done)
        {
            valid += consumed;
        }

        return valid;
    }
}
