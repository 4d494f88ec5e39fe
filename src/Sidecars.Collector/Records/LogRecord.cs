using Sidecars.Common.Parsing;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Records;

/// <summary>
/// One record on its way to an output: a line (or several that belong together), what was found in it and what steps made of it.
/// One instance serves record after record; everything in it is valid until the next.
/// </summary>
internal sealed class LogRecord
{
    /// <summary>The bytes as they stand in the file, without the last terminator; steps that redact give it other bytes.</summary>
    public ArraySegment<byte> Body { get; set; }

    /// <summary>What the parser found and steps added.</summary>
    public FieldSet Fields { get; } = new();

    /// <summary>Reads the times that lines say.</summary>
    public TimestampMemo Times { get; } = new(TimestampParser.Auto(TimeZoneInfo.Utc));

    /// <summary>Whether a parser took the line, so that <see cref="Fields"/> say all that <see cref="Body"/> does.</summary>
    public bool IsParsed { get; set; }

    /// <summary>When it happened, in UTC: what the line says, else when it was read.</summary>
    public DateTime Time { get; set; }

    /// <summary>Whether <see cref="Time"/> is what the line says.</summary>
    public bool HasOwnTime { get; set; }

    /// <summary>When it was read, in UTC.</summary>
    public DateTime ReadTime { get; set; }

    /// <summary>How grave it is.</summary>
    public Severity Severity { get; set; }

    /// <summary>The parser (its name) that did not take the line; null when there is none or it did.</summary>
    public string? Unparsed { get; set; }

    /// <summary>What becomes, in JSON, of texts whose bytes are not UTF-8.</summary>
    public InvalidUtf8 InvalidUtf8 { get; set; }

    /// <summary>The file it stands in.</summary>
    public required FileFollower File { get; set; }

    /// <summary>Where it begins in the file: with the file's identity and generation, its stable id.</summary>
    public long Offset { get; set; }

    /// <summary>How many bytes of the file it covers, terminators included.</summary>
    public int Length { get; set; }

    /// <summary>Starts the next record, with nothing known of it yet but its text and place.</summary>
    /// <param name="file">Where it stands.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">How many bytes of the file it covers, terminators included.</param>
    /// <param name="body">Its text, without the last terminator.</param>
    /// <param name="now">When it was read, in UTC.</param>
    public void Begin(FileFollower file, long offset, int length, ArraySegment<byte> body, DateTime now)
    {
        File = file;
        Offset = offset;
        Length = length;
        Body = body;
        Fields.Clear();
        Time = ReadTime = now;
        HasOwnTime = false;
        Severity = Severity.Unspecified;
        Unparsed = null;
        IsParsed = false;
    }

    /// <summary>The text without a newline, or a carriage return and a newline, at its end.</summary>
    public static ArraySegment<byte> WithoutTerminator(ArraySegment<byte> text)
    {
        if (text.Count == 0 || text[^1] != (byte)'\n')
        {
            return text;
        }

        return text.Count > 1 && text[^2] == (byte)'\r' ? text[..^2] : text[..^1];
    }
}
