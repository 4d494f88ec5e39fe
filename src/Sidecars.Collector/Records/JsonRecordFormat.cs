using System.Buffers;
using System.Text;
using System.Text.Json;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Records;

/// <summary>
/// One JSON object a line: <c>time</c> (RFC 3339 in UTC), <c>severity</c> where it is known, <c>file</c>, then the fields as they are
/// called; the text as <c>line</c> where no parser took it, and <c>unparsed</c> with the parser's name where one did not take it. A field
/// with one of these names has an underscore before it, so that no key occurs twice and nothing is left out.
/// </summary>
/// <param name="timeKey">Another key for the time.</param>
internal class JsonRecordFormat(string timeKey = "time") : RecordFormat
{
    private readonly byte[] _timeStart = Encoding.UTF8.GetBytes($"{{\"{timeKey}\":\"");
    private readonly FieldName[] _own = [.. new[] { "file", "line", "severity", "unparsed", timeKey }.Select(FieldName.Of)];
    private readonly byte[] _time = new byte[48];
    private readonly Dictionary<string, FieldName> _moved = [];
    private int _timeLength;
    private long _timeTicks = -1;
    private string? _path;
    private byte[] _file = [];

    /// <inheritdoc/>
    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        var json = new JsonAppender(output);
        WriteDocument(record, ref json);
        json.Raw((byte)'\n');
        json.Flush();
    }

    /// <summary>The object alone, for formats that put it between other things.</summary>
    protected void WriteDocument(LogRecord record, ref JsonAppender json)
    {
        json.Raw(Time(record.Time));
        json.Raw(SeverityWords.Member(record.Severity));
        json.Raw(File(record.File.Path));
        if (record.Unparsed is { } parser)
        {
            json.Text("\"unparsed\":"u8, FieldName.Of(parser).Utf8, record.InvalidUtf8);
            json.Raw((byte)',');
        }

        if (!record.IsParsed)
        {
            json.Text("\"line\":"u8, record.Body, record.InvalidUtf8);
            json.Raw((byte)',');
        }

        foreach (ref readonly var field in record.Fields.All)
        {
            WriteField(field, record.InvalidUtf8, ref json);
            json.Raw((byte)',');
        }

        json.ReplaceLast((byte)'}');
    }

    private void WriteField(in Field field, InvalidUtf8 invalid, ref JsonAppender json)
    {
        var key = IsReserved(field.Name) ? MovedKey(field.Name) : field.Name.JsonKey;
        switch (field.Kind)
        {
            case FieldKind.Text:
                json.Text(key, field.Span, invalid);
                break;
            case FieldKind.Null:
                json.Raw(key);
                json.Raw("null"u8);
                break;
            case FieldKind.Json:
                json.Raw(key);
                json.Json(field.Span);
                break;
            default:
                json.Raw(key);
                json.Raw(field.Span);
                break;
        }
    }

    /// <summary>There are as many as reserved names.</summary>
    private ReadOnlySpan<byte> MovedKey(FieldName name)
    {
        if (!_moved.TryGetValue(name.Text, out var moved))
        {
            _moved[name.Text] = moved = FieldName.Of("_" + name.Text);
        }

        return moved.JsonKey;
    }

    private bool IsReserved(FieldName name)
    {
        foreach (var own in _own)
        {
            if (name.Is(own))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The beginning of the object; many lines in a row have one time.</summary>
    private ReadOnlySpan<byte> Time(DateTime time)
    {
        if (time.Ticks != _timeTicks)
        {
            _timeTicks = time.Ticks;
            _timeLength = WriteTime(time, _time);
        }

        return _time.AsSpan(0, _timeLength);
    }

    private int WriteTime(DateTime time, Span<byte> destination)
    {
        _timeStart.CopyTo(destination);
        var start = _timeStart.Length;
        time.TryFormat(destination[start..], out var length, time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF", System.Globalization.CultureInfo.InvariantCulture);
        "Z\","u8.CopyTo(destination[(start + length)..]);
        return start + length + 3;
    }

    private ReadOnlySpan<byte> File(string path)
    {
        if (!ReferenceEquals(path, _path))
        {
            _path = path;
            _file = Encoding.UTF8.GetBytes($"\"file\":\"{JsonEncodedText.Encode(path, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\",");
        }

        return _file;
    }
}
