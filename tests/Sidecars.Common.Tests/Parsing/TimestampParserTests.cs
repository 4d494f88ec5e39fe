using System.Globalization;
using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class TimestampParserTests
{
    private static readonly DateTime Now = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("time_local", "24/Nov/2026:03:05:00 +0100", "2026-11-24T02:05:00.0000000Z")]
    [InlineData("time_iso8601", "2026-11-24T03:05:00+00:00", "2026-11-24T03:05:00.0000000Z")]
    [InlineData("rfc3339", "2026-11-24T03:05:00.123456789Z", "2026-11-24T03:05:00.1234567Z")]
    [InlineData("rfc3339", "2026-11-24 03:05:00,5-03:30", "2026-11-24T06:35:00.5000000Z")]
    [InlineData("log4j", "2026-11-24 03:05:00,123", "2026-11-24T03:05:00.1230000Z")]
    [InlineData("iso8601", "2026-11-24 03:05:00.123 UTC", "2026-11-24T03:05:00.1230000Z")]
    [InlineData("iso8601", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.0000000Z")]
    [InlineData("nginx_error", "2026/11/24 03:05:00", "2026-11-24T03:05:00.0000000Z")]
    [InlineData("apache_error", "Tue Nov 24 03:05:00.123456 2026", "2026-11-24T03:05:00.1234560Z")]
    [InlineData("http", "Tue, 24 Nov 2026 03:05:00 GMT", "2026-11-24T03:05:00.0000000Z")]
    [InlineData("rfc3164", "Nov  3 03:05:00", "2026-11-03T03:05:00.0000000Z")]
    [InlineData("rfc3164", "Nov 25 03:05:00.25", "2026-11-25T03:05:00.2500000Z")]
    [InlineData("rfc3164", "Dec 31 23:59:59", "2025-12-31T23:59:59.0000000Z")]
    [InlineData("rfc3164", "Feb 29 00:00:00", "2024-02-29T00:00:00.0000000Z")]
    [InlineData("msec", "1795489500.123", "2026-11-24T03:05:00.1230000Z")]
    [InlineData("epoch_s", "1795489500", "2026-11-24T03:05:00.0000000Z")]
    [InlineData("epoch_ms", "1795489500123", "2026-11-24T03:05:00.1230000Z")]
    [InlineData("epoch_us", "1795489500123456", "2026-11-24T03:05:00.1234560Z")]
    [InlineData("epoch_ns", "1795489500123456789", "2026-11-24T03:05:00.1234567Z")]
    [InlineData("%d.%m.%y %I:%M %p", "24.11.26 12:05 AM", "2026-11-24T00:05:00.0000000Z")]
    [InlineData("%F %T.%f%z", "2026-11-24 03:05:00.5+02", "2026-11-24T01:05:00.5000000Z")]
    [InlineData("dd-MMM-yyyy HH:mm:ss.SSS", "24-Nov-2026 03:05:00.123", "2026-11-24T03:05:00.1230000Z")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-11-24T03:05:00+01:00", "2026-11-24T02:05:00.0000000Z")]
    [InlineData("h:mm:ss tt", "3:05:00 PM", "2026-11-23T15:05:00.0000000Z")]
    [InlineData("HH:mm:ss.fff", "11:05:00.250", "2026-11-24T11:05:00.2500000Z")]
    public void TryParse_TextOfTheFormat_MomentInUtc(string format, string text, string expected)
    {
        Assert.True(Parser(format).TryParse(Encoding.UTF8.GetBytes(text), Now, out var utc));
        Assert.Equal(expected, utc.ToString("O", CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeKind.Utc, utc.Kind);
    }

    [Theory]
    [InlineData("24/Nov/2026:03:05:00 +0000")]
    [InlineData("2026-11-24T03:05:00Z")]
    [InlineData("2026-11-24 03:05:00,000")]
    [InlineData("2026/11/24 03:05:00")]
    [InlineData("Tue Nov 24 03:05:00 2026")]
    [InlineData("Tue, 24 Nov 2026 03:05:00 GMT")]
    [InlineData("Nov 24 03:05:00")]
    [InlineData("1795489500")]
    [InlineData("1795489500.000")]
    [InlineData("1795489500000")]
    [InlineData("1795489500000000")]
    [InlineData("1795489500000000000")]
    public void Auto_EveryWellKnownFormat_SameMoment(string text)
    {
        Assert.True(TimestampParser.Auto(TimeZoneInfo.Utc).TryParse(Encoding.UTF8.GetBytes(text), Now, out var utc));
        Assert.Equal(new DateTime(2026, 11, 24, 3, 5, 0, DateTimeKind.Utc), utc);
    }

    [Theory]
    [InlineData("auto", "")]
    [InlineData("auto", "12345")]
    [InlineData("auto", "2026-11-24")]
    [InlineData("rfc3339", "2026-13-24T03:05:00Z")]
    [InlineData("rfc3339", "2026-02-29T03:05:00Z")]
    [InlineData("rfc3339", "2026-11-24T24:05:00Z")]
    [InlineData("rfc3339", "2026-11-24T03:05:00Zx")]
    [InlineData("rfc3339", "2026-11-24T03:05:00+0")]
    [InlineData("rfc3339", "0001-01-01T00:00:00+01:00")]
    [InlineData("rfc3339", "9999-12-31T23:59:59-01:00")]
    [InlineData("time_local", "24/Nix/2026:03:05:00 +0000")]
    [InlineData("epoch_s", "99999999999999999999")]
    [InlineData("epoch_s", "9999999999999999999")]
    [InlineData("epoch_s", "1795489500.")]
    [InlineData("epoch_s", "-1")]
    public void TryParse_OtherText_False(string format, string text) =>
        Assert.False(Parser(format).TryParse(Encoding.UTF8.GetBytes(text), Now, out _));

    [Theory]
    [InlineData("+02:00", "2026-11-24 03:05:00", 1)]
    [InlineData("-05:30", "2026-11-24 03:05:00", 8)]
    [InlineData("+02:00", "2026-11-24 03:05:00Z", 3)]
    [InlineData("+02:00", "2026-11-24 03:05:00 CEST", 1)]
    public void TryParse_Zone_HoldsForWhatHasNoOffset(string zone, string text, int hour)
    {
        Assert.True(TimestampParser.TryZone(zone, out var found, out var error), error);
        Assert.True(TimestampParser.TryCreate("rfc3339", found, out var parser, out error), error);
        Assert.True(parser.TryParse(Encoding.UTF8.GetBytes(text), Now, out var utc));
        Assert.Equal(hour, utc.Hour);
    }

    [Theory]
    [InlineData("rfc3393", "'rfc3393' is not a known format of times; use one of ")]
    [InlineData("%Y-%q", "%q is not supported")]
    [InlineData("%Y-%m-%d", "has no hour")]
    [InlineData("yyyy-MM-dd HH:mm:ss QQ", "QQ is not supported")]
    [InlineData("HH 'open", "is not closed")]
    public void TryCreate_WhatIsNoFormat_ErrorSaysWhatToDo(string format, string expected)
    {
        Assert.False(TimestampParser.TryCreate(format, TimeZoneInfo.Utc, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryZone_UnknownName_ErrorSaysWhatToDo()
    {
        Assert.False(TimestampParser.TryZone("Mars/Olympus", out _, out var error));
        Assert.StartsWith("'Mars/Olympus' is not a known time zone; use UTC, an offset", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_RandomText_NeverThrows()
    {
        var parsers = TimestampParser.Words.Select(Parser).ToArray();
        var random = new Random(7);
        const string characters = "0123456789999/-:., TZ+abNovTue%";
        Span<byte> text = stackalloc byte[40];
        for (var i = 0; i < 50_000; i++)
        {
            var length = random.Next(text.Length);
            for (var at = 0; at < length; at++)
            {
                text[at] = (byte)characters[random.Next(characters.Length)];
            }

            foreach (var parser in parsers)
            {
                parser.TryParse(text[..length], Now, out _);
            }
        }
    }

    [Fact]
    public void TryParse_EveryMomentAsTheRuntimeWritesIt_RoundTrips()
    {
        var random = new Random(3);
        var parser = TimestampParser.Auto(TimeZoneInfo.Utc);
        for (var i = 0; i < 5_000; i++)
        {
            var moment = new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc);

            Assert.True(parser.TryParse(Encoding.UTF8.GetBytes(moment.ToString("O", CultureInfo.InvariantCulture)), Now, out var utc));
            Assert.Equal(moment, utc);
        }
    }

    private static TimestampParser Parser(string format)
    {
        Assert.True(TimestampParser.TryCreate(format, TimeZoneInfo.Utc, out var parser, out var error), error);
        return parser;
    }
}
