using System.Collections.Frozen;

namespace Sidecars.Common.Parsing;

/// <summary>What the name of a field says about its value.</summary>
internal enum FieldMeaning
{
    None,
    Time,
    Severity,
}

/// <summary>Finds a record's time and severity in the fields that usually have them.</summary>
public static class WellKnownFields
{
    /// <summary>The names of fields that tell when it happened.</summary>
    public static IReadOnlyList<string> Times { get; } =
        ["time", "ts", "timestamp", "@timestamp", "@t", "datetime", "asctime", "date", "eventTime", "time_local", "time_iso8601", "msec", "t"];

    /// <summary>The names of fields that tell how grave it is.</summary>
    public static IReadOnlyList<string> Severities { get; } =
        ["severity", "level", "lvl", "loglevel", "log_level", "log.level", "@l", "levelname", "severity_text", "SeverityText", "LogLevel", "Level", "priority", "PRIORITY"];

    private static readonly FrozenDictionary<string, FieldMeaning> Meanings = Times.Select(name => (name, FieldMeaning.Time))
        .Concat(Severities.Select(name => (name, FieldMeaning.Severity)))
        .ToFrozenDictionary(pair => pair.name, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>The moment in the first of the fields <see cref="Times"/> that holds one.</summary>
    /// <param name="fields">The fields of a line.</param>
    /// <param name="times">How to read it; usually <see cref="TimestampParser.Auto"/>.</param>
    /// <param name="now">The present in UTC.</param>
    /// <param name="utc">The moment in UTC.</param>
    public static bool TryTime(FieldSet fields, TimestampMemo times, DateTime now, out DateTime utc)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(times);
        foreach (ref readonly var field in fields.All)
        {
            if (field.Name.Meaning == FieldMeaning.Time && times.TryParse(field.Span, now, out utc))
            {
                return true;
            }
        }

        utc = default;
        return false;
    }

    /// <summary>The OpenTelemetry number (see <see cref="SeverityText"/>) of the first of the fields <see cref="Severities"/> that holds one.</summary>
    public static bool TrySeverity(FieldSet fields, out int number)
    {
        ArgumentNullException.ThrowIfNull(fields);
        foreach (ref readonly var field in fields.All)
        {
            if (field.Name.Meaning == FieldMeaning.Severity && SeverityText.TryRead(field.Span, out number))
            {
                return true;
            }
        }

        number = 0;
        return false;
    }

    internal static FieldMeaning MeaningOf(string name) => Meanings.GetValueOrDefault(name);
}
