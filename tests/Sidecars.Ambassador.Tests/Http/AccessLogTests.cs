using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tests.Http;

public sealed class AccessLogTests
{
    [Theory]
    [InlineData("All", 25, false, 0.24, true)]
    [InlineData("All", 25, false, 0.25, false)]
    [InlineData("All", 25, true, 0.99, true)]
    [InlineData("All", 0, false, 0, false)]
    [InlineData("All", 100, false, 0.99999, true)]
    [InlineData("Errors", 100, false, 0, false)]
    [InlineData("Errors", 0, true, 0.5, true)]
    [InlineData("Off", 100, true, 0, false)]
    public void Sample_IsOfWhatDidNotFail(string scope, double percent, bool failed, double draw, bool logged) =>
        Assert.Equal(logged, AccessLog.IsLogged(Enum.Parse<AccessLogScope>(scope), percent, failed, draw));

    [Fact]
    public async Task Failures_AreLogged_WhateverTheSample()
    {
        await using var nginx = await NginxServer.StartAsync();
        await using var ambassador = await Ambassador.StartAsync($$"""
            access_log: all
            access_log_percent: 0
            services:
              - name: web
                listen: 127.0.0.1:$1
                http: { upstreams: [ "http://127.0.0.1:{{nginx.Port}}" ] }
            """);
        using var client = new HttpClient();

        using var good = await client.GetAsync(ambassador.Url(1));
        using var bad = await client.GetAsync(ambassador.Url(1, "/status/500"));

        await Eventually.Equal(500, () => Assert.Single(ambassador.AccessLog).GetProperty("Status").GetInt32());
    }
}
