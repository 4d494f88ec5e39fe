using Sidecars.Adapter.Probing;

namespace Sidecars.Adapter.Tests.Probing;

public class TargetPatternTests
{
    [Theory]
    [InlineData("http://10.0.0.*:8080/status", "http://10.0.0.7:8080/status", true)]
    [InlineData("http://10.0.0.*:8080/status", "http://10.0.0.7:8081/status", false)]
    [InlineData("http://10.0.0.*:8080/status", "https://10.0.0.7:8080/status", false)]
    [InlineData("http://10.0.0.*:8080/status", "http://10.0.0.7:8080/status?x=1", false)]
    [InlineData("http://10.0.0.*:8080/status*", "http://10.0.0.7:8080/status?x=1", true)]
    [InlineData("http://a/*", "http://a/", true)]
    [InlineData("http://a/*", "http://A:80/b#c", true)]
    [InlineData("http://a:*/x", "http://a:99/x", true)]
    [InlineData("https://a/x", "https://a:443/x", true)]
    [InlineData("http://[::1]:80?0/x", "http://[::1]:8101/x", false)]
    [InlineData("http://[::1]:80?0/x", "http://[0::1]:8090/x", true)]

    [InlineData("http://*/x", "http://any.example/x", true)]
    [InlineData("http://*.shop.svc/x", "http://a.shop.svc/x", true)]

    // what a host's * must not let through
    [InlineData("http://*.shop.svc/x", "http://evil.example/.shop.svc/x", false)]
    [InlineData("http://*.shop.svc/*", "http://evil.example/a.shop.svc/x", false)]
    [InlineData("http://*.shop.svc/x", "http://evil.example?.shop.svc/x", false)]
    [InlineData("http://*.shop.svc/x", "http://evil.example#.shop.svc/x", false)]
    [InlineData("http://good*/x", "http://good@evil.example/x", false)]
    [InlineData("http://good:*/x", "http://good:1@evil.example/x", false)]

    [InlineData("http://10.0.0.*:8080/status", "http://10.0.0.1.evil.example:8080/status", false)]
    [InlineData("http://10.0.0.*:8080/status", "http://10.0.0.evil:8080/status", false)]
    [InlineData("http://shop-*.svc/x", "http://shop-.evil.svc/x", false)]

    // what a path's * must not let through
    [InlineData("http://a/status/*", "http://a/status/../admin", false)]
    [InlineData("http://a/status/*", "http://a/status/%2e%2e/admin", false)]
    [InlineData("http://a/status/*", "http://a/status\\..\\..\\admin", false)]
    public void Matches_AsTheRequestWouldBe(string pattern, string target, bool matches)
    {
        Assert.True(TargetPattern.TryParse(pattern, out var parsed, out _));
        Assert.Equal(matches, parsed.Matches(new Uri(target)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("http://")]
    [InlineData("http://a")]
    [InlineData("http:///x")]
    [InlineData("ftp://a/x")]
    [InlineData("http://u@a/x")]
    [InlineData("http://a:b/x")]
    [InlineData("http://a:/x")]
    [InlineData("http://a/x%20")]
    [InlineData("http://a/\\x")]
    public void TryParse_NoPattern_Remedy(string text)
    {
        Assert.False(TargetPattern.TryParse(text, out _, out var mistake));
        Assert.Contains("write http://host:port/path", mistake, StringComparison.Ordinal);
    }
}
