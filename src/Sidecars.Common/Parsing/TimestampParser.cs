using System.Diagnostics.CodeAnalysis;

namespace Sidecars.Common.Parsing;

/// <summary>Reads moments from text in a declared or well-known format, in UTC. Keeps no state, allocates nothing, may serve many threads.</summary>
public sealed class TimestampParser
{
    private static readonly Dictionary<string, TimeElement[]> WellKnown = new(StringComparer.Ordinal)
    {
        // 2026-11-24T03:05:00.123456Z, 2026-11-24 03:05:00,123 +01:00: RFC 3339, ISO 8601, log4j, Python, PostgreSQL
        ["rfc3339"] = Iso("-"),
        ["iso8601"] = Iso("-"),
        ["time_iso8601"] = Iso("-"),
        ["log4j"] = Iso("-"),
        ["nginx_error"] = Iso("/"),
        ["time_local"] = Of("%d/%b/%Y:%H:%M:%S %z"),
        ["rfc3164"] = [.. Of("%b %e %H:%M:%S"), new TimeElement(TimePart.Fraction, IsOptional: true)],
        ["apache_error"] = [.. Of("%a %b %e %H:%M:%S"), new TimeElement(TimePart.Fraction, IsOptional: true), new TimeElement(TimePart.Literal, (byte)' '), new TimeElement(TimePart.Year)],
        ["http"] = Of("%a, %d %b %Y %H:%M:%S %z"),
    };

    private static readonly Dictionary<string, int> Epochs = new(StringComparer.Ordinal)
    {
        ["epoch"] = -1,
        ["epoch_s"] = 0,
        ["msec"] = 0,
        ["epoch_ms"] = 3,
        ["epoch_us"] = 6,
        ["epoch_ns"] = 9,
    };

    private static readonly TimestampParser Utc = new(null, null, TimeZoneInfo.Utc);

    private readonly TimeElement[]? _elements;
    private readonly int? _epoch;
    private readonly TimeZoneInfo _zone;

    private TimestampParser(TimeElement[]? elements, int? epoch, TimeZoneInfo zone)
    {
        _elements = elements;
        _epoch = epoch;
        _zone = zone;
    }

    /// <summary>The words for well-known formats, sorted; <c>auto</c> tells them apart by their first characters.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. WellKnown.Keys.Concat(Epochs.Keys).Append("auto").Order(StringComparer.Ordinal)];

    /// <summary>Tells the well-known formats apart by themselves; what has no offset is in <paramref name="zone"/>.</summary>
    public static TimestampParser Auto(TimeZoneInfo zone) => new(null, null, zone);

    /// <summary>Makes a parser from a word (<see cref="Words"/>) or from a format as <c>strftime</c>, .NET or Java have it.</summary>
    /// <param name="format">The word or the format.</param>
    /// <param name="zone">The zone of what has no offset.</param>
    /// <param name="parser">The parser.</param>
    /// <param name="error">What is wrong, and the remedy.</param>
    public static bool TryCreate(string format, TimeZoneInfo zone, [NotNullWhen(true)] out TimestampParser? parser, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(format);
        parser = null;
        error = null;
        var word = format.Trim();
        if (word == "auto")
        {
            parser = Auto(zone);
        }
        else if (Epochs.TryGetValue(word, out var digits))
        {
            parser = new TimestampParser(null, digits, zone);
        }
        else if (WellKnown.TryGetValue(word, out var known))
        {
            parser = new TimestampParser(known, null, zone);
        }
        else if (IsBareWord(word))
        {
            error = $"'{word}' is not a known format of times; use one of {string.Join(", ", Words)}, or a format such as %Y-%m-%d %H:%M:%S or yyyy-MM-dd HH:mm:ss";
        }
        else if (TimeFormatText.TryRead(word, out var elements, out error))
        {
            parser = new TimestampParser([.. elements], null, zone);
        }

        return parser is not null;
    }

    /// <summary>Finds a zone by its word: <c>UTC</c>, an offset (<c>+02:00</c>) or an IANA name, for which the system's zone data must be there.</summary>
    public static bool TryZone(string text, [NotNullWhen(true)] out TimeZoneInfo? zone, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = null;
        var isOffset = text.Length == 6 && text[0] is '+' or '-' && text[3] == ':';
        if (isOffset && TimeSpan.TryParseExact(text[1..], "hh\\:mm", null, out var offset) && offset <= TimeSpan.FromHours(14))
        {
            zone = TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text);
            return true;
        }

        if (text is "UTC" or "Z")
        {
            zone = TimeZoneInfo.Utc;
            return true;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(text, out zone))
        {
            return true;
        }

        error = $"'{text}' is not a known time zone; use UTC, an offset such as +02:00, or an IANA name (Europe/Paris), for which /usr/share/zoneinfo must be in the image";
        return false;
    }

    /// <summary>Reads a moment; the whole text must be one.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="now">The present in UTC: what has no year or no date is the last that is not in the future.</param>
    /// <param name="utc">The moment in UTC.</param>
    public bool TryParse(ReadOnlySpan<byte> text, DateTime now, out DateTime utc) => TryParse(text, now, out utc, out _);

    /// <summary>As <see cref="TryParse(ReadOnlySpan{byte}, DateTime, out DateTime)"/>; also tells whether the text says it all, whatever the present is.</summary>
    internal bool TryParse(ReadOnlySpan<byte> text, DateTime now, out DateTime utc, out bool isAbsolute)
    {
        isAbsolute = true;
        if (_epoch is { } digits)
        {
            return Epoch.TryParse(text, digits, out utc);
        }

        var elements = _elements ?? Recognise(text);
        if (elements is not null)
        {
            var scan = new TimestampScan(text);
            if (scan.TryRead(elements))
            {
                isAbsolute = scan.HasYear;
                return scan.TryGetUtc(now, _zone, out utc);
            }
        }

        utc = default;
        return _elements is null && elements is null && Epoch.TryParse(text, -1, out utc);
    }

    /// <summary>Whether a text is a time in one of the well-known formats.</summary>
    internal static bool IsWellKnown(ReadOnlySpan<byte> text) => Utc.TryParse(text, DateTime.UnixEpoch, out _);

    private static TimeElement[]? Recognise(ReadOnlySpan<byte> text)
    {
        if (text.Length < 14)
        {
            return null;
        }

        var isLetter = char.IsAsciiLetter((char)text[0]);
        var word = isLetter switch
        {
            true when text[3] == ',' => "http",
            true when text[3] == ' ' && char.IsAsciiLetter((char)text[4]) => "apache_error",
            true => "rfc3164",
            false when text[4] == '-' => "rfc3339",
            false when text[4] == '/' => "nginx_error",
            false when text[2] == '/' => "time_local",
            _ => null,
        };
        return word is null ? null : WellKnown[word];
    }

    private static bool IsBareWord(string word) =>
        word.All(character => char.IsAsciiLetterOrDigit(character) || character == '_') && !word.Contains("hh", StringComparison.OrdinalIgnoreCase);

    private static TimeElement[] Of(string strftime) => TimeFormatText.TryRead(strftime, out var elements, out var error) ? [.. elements] : throw new FormatException(error);

    private static TimeElement[] Iso(string separator) =>
    [
        .. Of($"%Y{separator}%m{separator}%d %H")[..^2],
        new TimeElement(TimePart.Literal, (byte)'T', IsOptional: true),
        .. Of("%H:%M:%S"),
        new TimeElement(TimePart.Fraction, IsOptional: true),
        new TimeElement(TimePart.Offset, IsOptional: true),
    ];
}
