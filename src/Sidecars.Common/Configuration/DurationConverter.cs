using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecars.Common.Configuration;

/// <summary>Durations as <c>250ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>, <c>7d</c> or several parts in a row: <c>1m30s</c>.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    internal const string Pattern = "^(0|([0-9]+(\\.[0-9]+)?(ms|us|s|m|h|d))+)$";

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    // Longest first: "ms" must not be read as "m".
    private static readonly (string Unit, double Seconds)[] Units =
        [("ms", 1e-3), ("us", 1e-6), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return TryParse(text, out var value)
            ? value
            : throw new JsonException($"'{text}' is not a duration; write a number and a unit, such as 500ms, 5s, 2m, 1h30m or 7d");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));

    /// <summary>Reads a duration; a bare <c>0</c> needs no unit.</summary>
    /// <param name="text">For example <c>1m30s</c>.</param>
    /// <param name="value">The duration, or zero where the text is none.</param>
    /// <returns>Whether the text is a duration.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text is "0")
        {
            return true;
        }

        var seconds = 0.0;
        var rest = text;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var unit = UnitOf(rest);
            if (unit.Unit is null)
            {
                return false;
            }

            seconds += number * unit.Seconds;
            rest = rest[unit.Unit.Length..];
        }

        if (text.IsEmpty || seconds > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        value = new TimeSpan((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>The shortest text that reads back as the same duration: <c>1m30s</c>.</summary>
    /// <param name="value">Not negative.</param>
    /// <returns>For example <c>250ms</c>.</returns>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = "";
        foreach (var (unit, ticks) in new[]
        {
            ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
            ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
        })
        {
            var count = value.Ticks / ticks;
            if (count > 0)
            {
                text += count.ToString(CultureInfo.InvariantCulture) + unit;
                value -= TimeSpan.FromTicks(count * ticks);
            }
        }

        return text;
    }

    private static (string Unit, double Seconds) UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var unit in Units)
        {
            if (text.StartsWith(unit.Unit, StringComparison.Ordinal))
            {
                return unit;
            }
        }

        return default;
    }
}
