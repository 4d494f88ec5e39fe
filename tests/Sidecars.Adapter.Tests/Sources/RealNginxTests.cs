using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

/// <summary>The shared server itself: what the other tests of this folder build on.</summary>
public class RealNginxTests
{
    [Fact]
    public async Task RealNginx_OwnFormatAndRotation_EveryRequestIsInOneOfTheFiles()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { LogFormat = "$request_method it's \\x $status" });
        using var client = new HttpClient { BaseAddress = nginx.Url };

        await client.GetAsync("status/204");
        await client.GetAsync("status/404");
        var old = nginx.AccessLog + ".1";
        await Eventually.True(() => File.ReadAllLines(nginx.AccessLog).Length == 2);
        await nginx.RotateAsync(old);
        await client.GetAsync("/");

        Assert.Equal(["GET it's \\x 204", "GET it's \\x 404"], await File.ReadAllLinesAsync(old));
        await Eventually.True(() => File.ReadAllText(nginx.AccessLog) == "GET it's \\x 200\n");
        Assert.Contains("Active connections", await client.GetStringAsync(nginx.StatusUrl), StringComparison.Ordinal);
    }

    [Fact]
    public void MetricsText_Page_ValuesByLabels()
    {
        var page = MetricsText.Parse("# HELP a help\n# TYPE a counter\na{x=\"1\",y=\"q\\\"\\n\\\\\"} 2\na{x=\"2\"} 3e1\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 2\nh_count 1\n");

        Assert.Equal(2, page.Value("a", ("x", "1"), ("y", "q\"\n\\")));
        Assert.Equal(32, page.Sum("a"));
        Assert.Equal("histogram", page.Types["h"]);
    }

    [Theory]
    [InlineData("a 1\na 2\n")]
    [InlineData("a{x=\"1\"} 1\nb 1\na{x=\"2\"} 1\n")]
    [InlineData("a{x=\"1} 1\n")]
    [InlineData("a one\n")]
    [InlineData("a 1")]
    public void MetricsText_MalformedPage_IsAFormatException(string page) => Assert.Throws<FormatException>(() => MetricsText.Parse(page));
}
