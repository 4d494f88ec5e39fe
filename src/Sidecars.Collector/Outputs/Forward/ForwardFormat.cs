using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using MessagePack;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Outputs.Forward;

/// <summary>
/// Records as entries of the Forward protocol, version 1: <c>[EventTime, map]</c> one behind the other. The map has <c>severity</c>
/// where it is known, <c>file</c>, <c>unparsed</c> and <c>line</c> where no parser took it, and the fields, as in JSON. Text is a string, and bytes
/// where it is not UTF-8; numbers and nested values have their own types.
/// </summary>
internal sealed class ForwardFormat : RecordFormat
{
    private const sbyte EventTime = 0;

    private string _path = "";
    private byte[] _file = [];

    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(2);
        WriteTime(record.Time, ref writer);
        writer.WriteMapHeader(CountOwn(record) + record.Fields.Count);
        WriteOwn(record, ref writer);
        foreach (ref readonly var field in record.Fields.All)
        {
            writer.WriteString(Key(field.Name).Utf8);
            WriteValue(field, ref writer);
        }

        writer.Flush();
    }

    /// <summary>As in JSON: no key occurs twice.</summary>
    private static FieldName Key(FieldName name) => name.Text is "severity" or "file" or "unparsed" or "line" ? FieldName.Of("_" + name.Text) : name;

    private static int CountOwn(LogRecord record) =>
        1 + (record.Severity == Severity.Unspecified ? 0 : 1) + (record.Unparsed is null ? 0 : 1) + (record.IsParsed ? 0 : 1);

    private void WriteOwn(LogRecord record, ref MessagePackWriter writer)
    {
        if (record.Severity != Severity.Unspecified)
        {
            writer.WriteString("severity"u8);
            writer.WriteString(SeverityWords.Of(record.Severity));
        }

        writer.WriteString("file"u8);
        writer.WriteString(File(record.File.Path));
        if (record.Unparsed is { } parser)
        {
            writer.WriteString("unparsed"u8);
            writer.WriteString(FieldName.Of(parser).Utf8);
        }

        if (!record.IsParsed)
        {
            writer.WriteString("line"u8);
            WriteText(record.Body, ref writer);
        }
    }

    /// <summary>EventTime: an extension of type 0 with seconds and nanoseconds, 32 bits each.</summary>
    private static void WriteTime(DateTime time, ref MessagePackWriter writer)
    {
        const int nanosecondsInTick = 100;
        const int length = 8;
        var ticks = time.Ticks - DateTime.UnixEpoch.Ticks;
        writer.WriteExtensionFormatHeader(new ExtensionHeader(EventTime, length));
        var eventTime = writer.GetSpan(length);
        BinaryPrimitives.WriteUInt32BigEndian(eventTime, (uint)(ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32BigEndian(eventTime[4..], (uint)(ticks % TimeSpan.TicksPerSecond * nanosecondsInTick));
        writer.Advance(length);
    }

    private static void WriteValue(in Field field, ref MessagePackWriter writer)
    {
        switch (field.Kind)
        {
            case FieldKind.Number:
                WriteNumber(field.Span, ref writer);
                break;
            case FieldKind.Boolean:
                writer.Write(field.Span[0] == (byte)'t');
                break;
            case FieldKind.Null:
                writer.WriteNil();
                break;
            case FieldKind.Json:
                JsonToMessagePack.Write(field.Span, ref writer);
                break;
            default:
                WriteText(field.Span, ref writer);
                break;
        }
    }

    internal static void WriteNumber(ReadOnlySpan<byte> text, ref MessagePackWriter writer)
    {
        if (Utf8Parser.TryParse(text, out long whole, out var consumed) && consumed == text.Length)
        {
            writer.Write(whole);
        }
        else if (Utf8Parser.TryParse(text, out double number, out consumed) && consumed == text.Length)
        {
            writer.Write(number);
        }
        else
        {
            WriteText(text, ref writer);
        }
    }

    private static void WriteText(ReadOnlySpan<byte> text, ref MessagePackWriter writer)
    {
        if (Utf8.IsValid(text))
        {
            writer.WriteString(text);
        }
        else
        {
            writer.Write(text);
        }
    }

    private byte[] File(string path)
    {
        if (!ReferenceEquals(path, _path))
        {
            (_path, _file) = (path, Encoding.UTF8.GetBytes(path));
        }

        return _file;
    }
}
