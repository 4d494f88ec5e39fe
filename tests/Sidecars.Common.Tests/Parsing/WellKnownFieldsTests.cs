using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class WellKnownFieldsTests
{
    private static readonly DateTime Now = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("trace", 1)]
    [InlineData("Verbose", 1)]
    [InlineData("dbug", 5)]
    [InlineData("INFO", 9)]
    [InlineData("LOG", 9)]
    [InlineData("Notice", 10)]
    [InlineData("WARNING", 13)]
    [InlineData("fail", 17)]
    [InlineData("SEVERE", 17)]
    [InlineData("crit", 18)]
    [InlineData("alert", 19)]
    [InlineData("PANIC", 21)]
    [InlineData("30", 9)]
    [InlineData("50", 17)]
    [InlineData("60", 21)]
    [InlineData("3", 17)]
    [InlineData("6", 9)]
    [InlineData("0", 21)]
    [InlineData("", null)]
    [InlineData("loud", null)]
    [InlineData("8", null)]
    [InlineData("100", null)]
    [InlineData("wärning", null)]
    [InlineData("informationalinformational", null)]
    public void SeverityText_WordOrNumber_OpenTelemetryNumber(string text, int? expected) =>
        Assert.Equal(expected, SeverityText.TryRead(Encoding.UTF8.GetBytes(text), out var number) ? number : null);

    [Fact]
    public void TryTime_AndSeverity_FromTheFieldsThatUsuallyHaveThem()
    {
        var fields = Json("""{"msg":"x","time":"soon","ts":1795489500.5,"level":30}""");

        Assert.True(WellKnownFields.TryTime(fields, new TimestampMemo(TimestampParser.Auto(TimeZoneInfo.Utc)), Now, out var utc));
        Assert.Equal(new DateTime(2026, 11, 24, 3, 5, 0, 500, DateTimeKind.Utc), utc);
        Assert.True(WellKnownFields.TrySeverity(fields, out var severity));
        Assert.Equal(9, severity);
    }

    [Fact]
    public void TryTime_NoFieldHasOne_False()
    {
        var fields = Json("""{"msg":"2026-11-24T03:05:00Z","request_time":1795489500,"log":"info"}""");

        Assert.False(WellKnownFields.TryTime(fields, new TimestampMemo(TimestampParser.Auto(TimeZoneInfo.Utc)), Now, out _));
        Assert.False(WellKnownFields.TrySeverity(fields, out _));
    }

    [Fact]
    public void TryTime_SteadyState_AllocatesNothing()
    {
        Assert.True(TimestampParser.TryZone("+02:00", out var zone, out _));
        var memo = new TimestampMemo(TimestampParser.Auto(zone));
        var fields = Json("""{"level":"warn","time_local":"24/Nov/2026:03:05:00 +0100","msec":1795489500.123}""");
        Read(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(10_000);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);

        void Read(int times)
        {
            for (var i = 0; i < times; i++)
            {
                WellKnownFields.TryTime(fields, memo, Now, out _);
                WellKnownFields.TrySeverity(fields, out _);
            }
        }
    }

    private static FieldSet Json(string text)
    {
        var fields = new FieldSet();
        Assert.True(ParsedLine.Parser("json").TryParse(Encoding.UTF8.GetBytes(text), fields));
        return fields;
    }
}
