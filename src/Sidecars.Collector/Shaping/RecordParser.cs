using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>Takes a record apart, and reads its own time and severity from the fields that usually have them.</summary>
internal static class RecordParser
{
    private static readonly FieldName TimeName = FieldName.Of("time");
    private static readonly FieldName SeverityName = FieldName.Of("severity");

    /// <summary>False when the line is not of the format, or a part of it is not; the record then says of which, and has the fields of the rest.</summary>
    public static bool TryParse(LogRecord record, LineParser parser)
    {
        record.IsParsed = parser.TryParse(record.Body, record.Fields);
        if (!record.IsParsed)
        {
            record.Fields.Clear();
            record.Unparsed = parser.Name;
            return false;
        }

        record.Unparsed = parser.Missed;
        ReadTime(record);
        ReadSeverity(record);
        return record.Unparsed is null;
    }

    /// <summary>What was read as the record's own is not a field besides.</summary>
    private static void ReadTime(LogRecord record)
    {
        if (WellKnownFields.TryTime(record.Fields, record.Times, record.ReadTime, out var time))
        {
            record.Time = time;
            record.HasOwnTime = true;
            var index = record.Fields.IndexOf(TimeName);
            if (index >= 0 && record.Times.TryParse(record.Fields[index].Span, record.ReadTime, out var own) && own == time)
            {
                record.Fields.RemoveAt(index);
            }
        }
    }

    private static void ReadSeverity(LogRecord record)
    {
        if (WellKnownFields.TrySeverity(record.Fields, out var severity))
        {
            record.Severity = (Severity)severity;
            var index = record.Fields.IndexOf(SeverityName);
            if (index >= 0 && SeverityText.TryRead(record.Fields[index].Span, out var own) && own == severity)
            {
                record.Fields.RemoveAt(index);
            }
        }
    }
}
