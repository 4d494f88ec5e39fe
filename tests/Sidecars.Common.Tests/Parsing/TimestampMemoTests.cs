using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public sealed class TimestampMemoTests
{
    private static readonly DateTime Now = new(2026, 11, 25, 2, 0, 0, DateTimeKind.Utc);

    private readonly TimestampMemo _memo = new(TimestampParser.Auto(TimeZoneInfo.Utc));

    [Fact]
    public void Reads_what_the_parser_reads_again_and_again()
    {
        for (var i = 0; i < 4; i++)
        {
            Assert.True(_memo.TryParse("25/Nov/2026:01:00:00 +0100"u8, Now, out var first));
            Assert.Equal(new DateTime(2026, 11, 25, 0, 0, 0, DateTimeKind.Utc), first);
            Assert.True(_memo.TryParse("25/Nov/2026:01:00:01 +0100"u8, Now, out var second));
            Assert.Equal(first.AddSeconds(1), second);
            Assert.False(_memo.TryParse("25/Nov/2026:01:00:01 +01"u8[..10], Now, out _));
        }
    }

    [Fact]
    public void A_time_without_a_year_is_read_anew_as_the_present_moves_on()
    {
        Assert.True(_memo.TryParse("Nov 25 01:00:00"u8, Now, out var first));
        Assert.Equal(2026, first.Year);
        Assert.True(_memo.TryParse("Nov 25 01:00:00"u8, Now.AddYears(1), out var later));
        Assert.Equal(2027, later.Year);
    }
}
