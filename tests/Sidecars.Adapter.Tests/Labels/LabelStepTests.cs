using System.Text;
using Sidecars.Adapter.Labels;

namespace Sidecars.Adapter.Tests.Labels;

public class LabelStepTests
{
    private static readonly byte[] Other = "other"u8.ToArray();

    [Theory]
    [InlineData("/users/123", "/users/:id")]
    [InlineData("/users/123/", "/users/:id/")]
    [InlineData("/", "/")]
    [InlineData("/users/123?tab=4&x=/y/5#z", "/users/:id")]
    [InlineData("/u/550e8400-e29b-41d4-a716-446655440000/edit", "/u/:id/edit")]
    [InlineData("/u/550E8400E29B41D4A716446655440000", "/u/:id")]
    [InlineData("/commit/3f2a9c1b", "/commit/:id")]
    [InlineData("/blog/2026-11-25/post", "/blog/:id/post")]
    [InlineData("/t/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "/t/:id")]
    [InlineData("/api/v1/deadbeef/feed", "/api/v1/deadbeef/feed")]
    [InlineData("/3d/mp3/app.js", "/3d/mp3/app.js")]
    [InlineData("/cart;jsessionid=1A2B/items", "/cart/items")]
    [InlineData("http://example.org:80/users/7?a", "/users/:id")]
    [InlineData("https://example.org", "/")]
    [InlineData("//a//1", "//a//:id")]
    [InlineData("/é/9", "/é/:id")]
    [InlineData("", "other")]
    [InlineData("-", "other")]
    [InlineData("*", "other")]
    [InlineData("users/1", "other")]
    public void Path_WhatIsOneOfMany_IsId(string path, string expected) => Assert.Equal(expected, Apply(new PathStep([], Other), path));

    [Theory]
    [InlineData("/users/a/orders/b", "/users/:id/orders/:order")]
    [InlineData("/users/12/orders/34?x", "/users/:id/orders/:order")]
    [InlineData("/users//orders/b", "/users//orders/b")]
    [InlineData("/users/a/orders/b/", "/users/a/orders/b/")]
    [InlineData("/users/a", "/users/a")]
    [InlineData("/static/css/site.css", "/static/*")]
    [InlineData("/static", "/static/*")]
    [InlineData("/statics/7", "/statics/:id")]
    public void Path_OwnRoutes_GoFirst(string path, string expected) =>
        Assert.Equal(expected, Apply(new PathStep([new PathPattern("/users/:id/orders/:order"), new PathPattern("/static/*")], Other), path));

    [Fact]
    public void Path_LongerThanItsRoom_IsCutOff()
    {
        var path = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("/1", LabelShape.Longest / 2)));
        var room = new byte[LabelShape.Longest];

        Assert.Equal(LabelShape.Longest, new PathStep([], Other).Apply(path, room));
        Assert.StartsWith("/:id/:id", Encoding.UTF8.GetString(room), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200", "2xx")]
    [InlineData("599", "5xx")]
    [InlineData("600", "other")]
    [InlineData("20", "other")]
    [InlineData("2000", "other")]
    [InlineData("-", "other")]
    [InlineData("2 4", "other")]
    public void StatusClass_Status_FirstDigit(string status, string expected) => Assert.Equal(expected, Apply(new StatusClassStep(Other), status));

    [Theory]
    [InlineData("GeT", "get", "GET")]
    [InlineData("ÄπЖ1", "äπж1", "ÄΠЖ1")]
    [InlineData("", "", "")]
    public void Case_Letters_OfAnyScript(string value, string lower, string upper)
    {
        Assert.Equal(lower, Apply(new CaseStep(isUpper: false), value));
        Assert.Equal(upper, Apply(new CaseStep(isUpper: true), value));
    }

    [Theory]
    [InlineData("abc", "ab")]
    [InlineData("é→😀", "é→")]
    [InlineData("a", "a")]
    public void Truncate_Characters_NotBytes(string value, string expected) => Assert.Equal(expected, Apply(new TruncateStep(2), value));

    [Theory]
    [InlineData("(a+)b", null, "xaab", "aa")]
    [InlineData("a+b", null, "xaab", "aab")]
    [InlineData(@"^(?<host>\w+)\.(\w+)", "${host}!$1", "www.example.org", "www!example")]
    [InlineData("(a+)b", null, "xyz", "other")]
    [InlineData("→(.)", null, "é→😀é", "\uFFFD")]
    [InlineData("→(..)", null, "é→😀é", "😀")]
    public void Regex_Value_ItsGroup(string pattern, string? replacement, string value, string expected) =>
        Assert.Equal(expected, Apply(RegexStep.Create(pattern, replacement, Other, isUnsafe: false, out _)!, value));

    [Fact]
    public void Regex_ManyDifferentValues_EachIsRight()
    {
        var step = RegexStep.Create("^v(\\d+)$", null, Other, isUnsafe: false, out _)!;
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 5000; i++)
            {
                Assert.Equal($"{i}", Apply(step, $"v{i}"));
            }
        }
    }

    [Fact]
    public void Regex_HostileValue_IsDemotedOnceAndForGood()
    {
        var step = RegexStep.Create("^((a+)+)$", null, Other, isUnsafe: false, out _)!;

        Assert.Equal("other", Apply(step, new string('a', 60) + "!"));
        Assert.StartsWith("a line of 61 characters took longer than", step.TakeDemotion(), StringComparison.Ordinal);
        Assert.Equal("other", Apply(step, new string('a', 61) + "!"));
        Assert.Equal("aa", Apply(step, "aa"));
        Assert.Null(step.TakeDemotion());
    }

    private static string Apply(LabelStep step, string value)
    {
        var room = new byte[LabelShape.Longest];
        return Encoding.UTF8.GetString(room, 0, step.Apply(Encoding.UTF8.GetBytes(value), room));
    }
}
