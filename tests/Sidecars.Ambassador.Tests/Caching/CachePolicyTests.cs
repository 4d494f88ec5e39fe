using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Net.Http.Headers;
using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tests.Caching;

/// <summary>The rules, without a server and with a clock of their own.</summary>
public sealed class CachePolicyTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("max-age=60", 60)]
    [InlineData("max-age=60, s-maxage=10", 10)]
    [InlineData("public, max-age=5", 5)]
    [InlineData("max-age=60, no-cache", 0)]
    public void Lifetime_IsWhatTheServerSays(string cacheControl, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Judge(("Cache-Control", cacheControl), ("ETag", "\"a\""))!.Value.Lifetime);

    [Theory]
    [InlineData("no-store, max-age=60")]
    [InlineData("private, max-age=60")]
    [InlineData("private=\"Set-Cookie\", max-age=60")]
    [InlineData("max-age=sixty")]
    [InlineData("max-age=0")]
    public void Answer_ThatMayNotBeKeptOrIsOfNoUse_IsNotKept(string cacheControl) => Assert.Null(Judge(("Cache-Control", cacheControl)));

    [Theory]
    [InlineData("Set-Cookie", "a=b")]
    [InlineData("Vary", "*")]
    public void Answer_ForOneClient_IsNotKept(string name, string value) => Assert.Null(Judge(("Cache-Control", "max-age=60"), (name, value)));

    [Theory]
    [InlineData("max-age=60", false)]
    [InlineData("max-age=60, public", true)]
    [InlineData("max-age=60, must-revalidate", true)]
    [InlineData("s-maxage=60", true)]
    public void Answer_ToARequestWithAuthorization_IsKeptOnlyWhereTheServerAllowsIt(string cacheControl, bool kept) =>
        Assert.Equal(kept, Policy().Judge(Request() with { HasAuthorization = true }, 200, Headers(("Cache-Control", cacheControl)), TimeSpan.Zero) is not null);

    [Theory]
    [InlineData(200, true)]
    [InlineData(206, false)]
    [InlineData(302, true)]
    [InlineData(404, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public void Status_DecidesWhatMayBeKept(int status, bool kept) =>
        Assert.Equal(kept, Policy().Judge(Request(), status, Headers(("Cache-Control", "max-age=60")), TimeSpan.Zero) is not null);

    [Fact]
    public void Expires_CountsFromDate_AndWhatIsNoDateIsPast()
    {
        Assert.Equal(TimeSpan.FromSeconds(30), Judge(("Date", Date(0)), ("Expires", Date(30)))!.Value.Lifetime);
        Assert.Equal(TimeSpan.Zero, Judge(("Expires", "0"), ("ETag", "\"a\""))!.Value.Lifetime);
        Assert.Equal(TimeSpan.FromSeconds(5), Judge(("Cache-Control", "max-age=5"), ("Expires", Date(30)))!.Value.Lifetime);
    }

    [Fact]
    public void Heuristic_IsOff_UnlessAskedFor()
    {
        Assert.Equal(TimeSpan.Zero, Judge(("Last-Modified", Date(-1000)))!.Value.Lifetime);
        var guessing = new CachePolicy(new CacheOptions { HeuristicPercent = 10, HeuristicAtMost = TimeSpan.FromSeconds(150) }, _time);
        Assert.Equal(TimeSpan.FromSeconds(100), guessing.Judge(Request(), 200, Headers(("Last-Modified", Date(-1000))), TimeSpan.Zero)!.Value.Lifetime);
        Assert.Equal(TimeSpan.FromSeconds(150), guessing.Judge(Request(), 200, Headers(("Last-Modified", Date(-9000))), TimeSpan.Zero)!.Value.Lifetime);
    }

    [Fact]
    public void Age_IsTheLargerOfWhatIsToldAndWhatTheDateSays()
    {
        Assert.Equal(TimeSpan.FromSeconds(12), Judge(TimeSpan.FromSeconds(2), ("Cache-Control", "max-age=60"), ("Age", "10"), ("Date", Date(-5)))!.Value.InitialAge);
        Assert.Equal(TimeSpan.FromSeconds(40), Judge(TimeSpan.FromSeconds(2), ("Cache-Control", "max-age=60"), ("Age", "10"), ("Date", Date(-40)))!.Value.InitialAge);
    }

    [Fact]
    public void Answer_IsUsedWhileFresh_ThenWhileItIsValidated_ThenNotAnyMore()
    {
        var entry = Entry("max-age=60, stale-while-revalidate=30");

        Assert.Equal(Verdict.Use, After(59, entry));
        Assert.Equal(Verdict.UseAndValidate, After(2, entry));
        Assert.Equal(Verdict.UseAndValidate, After(28, entry));
        Assert.Equal(Verdict.Validate, After(2, entry));
    }

    [Theory]
    [InlineData("no-cache", 0, "Validate")]
    [InlineData("max-age=0", 0, "Validate")]
    [InlineData("max-age=10", 10, "Use")]
    [InlineData("max-age=10", 11, "Validate")]
    [InlineData("min-fresh=50", 9, "Use")]
    [InlineData("min-fresh=50", 11, "Validate")]
    [InlineData("max-stale", 1000, "Use")]
    [InlineData("max-stale=5", 65, "Use")]
    [InlineData("max-stale=5", 66, "Validate")]
    public void Client_MayAskForMoreOrLess(string cacheControl, int seconds, string expected) =>
        Assert.Equal(expected, After(seconds, Entry("max-age=60"), cacheControl).ToString());

    [Theory]
    [InlineData("max-age=60, must-revalidate, stale-while-revalidate=30, stale-if-error=30")]
    [InlineData("max-age=60, proxy-revalidate, stale-while-revalidate=30, stale-if-error=30")]
    [InlineData("s-maxage=60")]
    public void StaleAnswer_IsNotGiven_WhereTheServerForbidsIt(string cacheControl)
    {
        var entry = Entry(cacheControl);

        Assert.Equal(Verdict.Validate, After(61, entry, "max-stale"));
        Assert.False(Generous().MayStandInForFailure(entry));
    }

    [Fact]
    public void StaleIfError_IsTheServersWord_ElseTheConfigurations()
    {
        var (said, unsaid) = (Entry("max-age=60, stale-if-error=10"), Entry("max-age=60"));

        _time.Advance(TimeSpan.FromSeconds(69));
        Assert.True(Generous().MayStandInForFailure(said));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(Generous().MayStandInForFailure(said));
        Assert.True(Generous().MayStandInForFailure(unsaid));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(Generous().MayStandInForFailure(unsaid));
    }

    private Verdict After(int seconds, CacheEntry entry, string? cacheControl = null)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return Policy().Of(entry, Request(cacheControl));
    }

    private CachePolicy Policy() => new(new CacheOptions(), _time);

    private CachePolicy Generous() => new(new CacheOptions { StaleIfError = TimeSpan.FromSeconds(40), StaleWhileRevalidate = TimeSpan.Zero }, _time);

    private Freshness? Judge(params (string, string)[] headers) => Judge(TimeSpan.Zero, headers);

    private Freshness? Judge(TimeSpan delay, params (string, string)[] headers) => Policy().Judge(Request(), 200, Headers(headers), delay);

    private CacheEntry Entry(string cacheControl) => Entries.Of("/", freshness: Generous().Judge(Request(), 200, Headers(("Cache-Control", cacheControl)), TimeSpan.Zero)!.Value, received: _time.GetTimestamp());

    private static CacheRequest Request(string? cacheControl = null) =>
        new(new CacheKey("", "/"), "api", cacheControl is null ? new CacheControlHeaderValue() : CacheControlHeaderValue.Parse(cacheControl), false, false);

    private static HeaderDictionary Headers(params (string Name, string Value)[] headers)
    {
        var all = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        return all;
    }

    private string Date(int seconds) => HeaderUtilities.FormatDate(_time.GetUtcNow().AddSeconds(seconds));
}
