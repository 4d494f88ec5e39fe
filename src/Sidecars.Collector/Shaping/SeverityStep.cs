using System.Buffers;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>Reads the severity from a field, or from the first word near the start of the line that is one.</summary>
internal sealed class SeverityStep(string? field, Severity otherwise) : Step
{
    private const int Reach = 160;
    private const int ShortestWord = 4; // shorter ones are words of other kinds too often

    private static readonly SearchValues<byte> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private readonly RecordFields? _field = field is null ? null : new RecordFields([field]);

    public override string Name => "severity";

    public override StepOutcome Apply(LogRecord record, bool isRepeat)
    {
        var isFound = _field is null ? TryFind(record.Body, out var severity) : TryField(record, out severity);
        if (isFound)
        {
            record.Severity = (Severity)severity;
        }
        else if (record.Severity == Severity.Unspecified)
        {
            record.Severity = otherwise;
        }

        return StepOutcome.Done;
    }

    private bool TryField(LogRecord record, out int severity)
    {
        severity = 0;
        _field!.Record = record;
        return _field.TryGet(0, default, out var value) && SeverityText.TryRead(value, out severity);
    }

    private static bool TryFind(ReadOnlySpan<byte> text, out int severity)
    {
        text = text[..Math.Min(text.Length, Reach)];
        while (true)
        {
            var start = text.IndexOfAny(Letters);
            if (start < 0)
            {
                severity = 0;
                return false;
            }

            text = text[start..];
            var end = text.IndexOfAnyExcept(Letters);
            end = end < 0 ? text.Length : end;
            if (end >= ShortestWord && SeverityText.TryRead(text[..end], out severity))
            {
                return true;
            }

            text = text[end..];
        }
    }
}
