using System.Text.Json.Serialization;

namespace Sidecars.Common.Status;

/// <summary>What a value is, which decides how people see it.</summary>
internal enum StatusKind
{
    None,
    Text,
    State,
    Number,
    Bytes,
    Seconds,
    Ratio,
    Time,
}

/// <summary>One value of the status page. Text may be anything: it is encoded where it is written.</summary>
[JsonConverter(typeof(StatusValueConverter))]
public sealed class StatusValue
{
    private const int LongestText = 500;

    private StatusValue()
    {
    }

    /// <summary>Nothing.</summary>
    public static StatusValue None { get; } = new();

    internal StatusKind Kind { get; private init; }

    internal string Words { get; private init; } = "";

    internal double Number { get; private init; }

    internal StatusLevel Level { get; private init; }

    /// <summary>How it came about; null for a value of this moment alone.</summary>
    internal StatusSeries? History { get; private init; }

    /// <summary>Whether it is a figure per second.</summary>
    internal bool IsRate { get; private init; }

    /// <summary>A text; what is longer than a person reads is cut off.</summary>
    public static StatusValue Text(string? text) => string.IsNullOrEmpty(text) ? None : new() { Kind = StatusKind.Text, Words = Cut(text) };

    /// <summary>A state, and how well that is.</summary>
    public static StatusValue State(string text, StatusLevel level) => new() { Kind = StatusKind.State, Words = Cut(text), Level = level };

    /// <summary>A number of things.</summary>
    public static StatusValue Count(double number) => new() { Kind = StatusKind.Number, Number = number };

    /// <summary>A number of bytes.</summary>
    public static StatusValue Bytes(double bytes) => new() { Kind = StatusKind.Bytes, Number = bytes };

    /// <summary>A duration in seconds.</summary>
    public static StatusValue Seconds(double? seconds) => seconds is { } number ? new() { Kind = StatusKind.Seconds, Number = number } : None;

    /// <summary>A duration in seconds, with its history.</summary>
    public static StatusValue Seconds(StatusSeries? series) => Of(StatusKind.Seconds, series, isRate: false);

    /// <summary>A share, 0 to 1.</summary>
    public static StatusValue Ratio(double? share) => share is { } number ? new() { Kind = StatusKind.Ratio, Number = number } : None;

    /// <summary>A moment.</summary>
    public static StatusValue Time(DateTimeOffset? time) => time is { } moment ? new() { Kind = StatusKind.Time, Number = moment.ToUnixTimeMilliseconds() / 1000.0 } : None;

    /// <summary>Things per second, with their history.</summary>
    public static StatusValue PerSecond(StatusSeries? series) => Of(StatusKind.Number, series, isRate: true);

    /// <summary>Bytes per second, with their history.</summary>
    public static StatusValue BytesPerSecond(StatusSeries? series) => Of(StatusKind.Bytes, series, isRate: true);

    private static StatusValue Of(StatusKind kind, StatusSeries? series, bool isRate) =>
        series is null ? None : new() { Kind = kind, Number = series.Last ?? double.NaN, History = series, IsRate = isRate };

    private static string Cut(string text)
    {
        if (text.Length <= LongestText)
        {
            return text;
        }

        // never between the halves of a character
        var end = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return text[..end] + "…";
    }
}
