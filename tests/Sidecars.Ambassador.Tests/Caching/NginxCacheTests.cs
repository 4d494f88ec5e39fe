using System.Net.Http.Headers;

namespace Sidecars.Ambassador.Tests.Caching;

/// <summary>A real server: its ETags, its 304, its Vary.</summary>
public sealed class NginxCacheTests
{
    [Fact]
    public async Task File_IsValidatedByItsETag_AndComesFromTheCache()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { LogFormat = "$status $request_uri", Server = "location /files { root .; }" });
        Directory.CreateDirectory(Path.Combine(nginx.Folder, "files"));
        await File.WriteAllTextAsync(Path.Combine(nginx.Folder, "files", "a.txt"), "the first version");
        await using var ambassador = await StartAsync(nginx);
        using var client = new HttpClient();

        using var first = await client.GetAsync(ambassador.Url(1, "/files/a.txt"));
        using var second = await client.GetAsync(ambassador.Url(1, "/files/a.txt"));
        using var conditional = new HttpRequestMessage(HttpMethod.Get, ambassador.Url(1, "/files/a.txt"));
        conditional.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var third = await client.SendAsync(conditional);

        Assert.Equal("the first version", await first.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.OK, "the first version"), (second.StatusCode, await second.Content.ReadAsStringAsync()));
        Assert.StartsWith("ambassador; fwd=stale; fwd-status=304", second.Headers.GetValues("Cache-Status").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, third.StatusCode);
        await Eventually.Equal("200 304 304", () => string.Join(' ', File.ReadLines(nginx.AccessLog).Select(l => l.Split(' ')[0])));
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_cache_requests_total", ("result", "revalidated")) == 2);

        await File.WriteAllTextAsync(Path.Combine(nginx.Folder, "files", "a.txt"), "another version that is longer");
        Assert.Equal("another version that is longer", await client.GetStringAsync(ambassador.Url(1, "/files/a.txt")));
    }

    [Fact]
    public async Task FreshFile_IsAnsweredWith304_WithoutTheServer()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { Server = "location /files { root .; add_header Cache-Control max-age=600; }" });
        Directory.CreateDirectory(Path.Combine(nginx.Folder, "files"));
        await File.WriteAllTextAsync(Path.Combine(nginx.Folder, "files", "a.txt"), "kept");
        await using var ambassador = await StartAsync(nginx);
        using var client = new HttpClient();
        using var first = await client.GetAsync(ambassador.Url(1, "/files/a.txt"));

        using var byTag = new HttpRequestMessage(HttpMethod.Get, ambassador.Url(1, "/files/a.txt"));
        byTag.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(first.Headers.ETag!.Tag, isWeak: true));
        using var byDate = new HttpRequestMessage(HttpMethod.Get, ambassador.Url(1, "/files/a.txt"));
        byDate.Headers.IfModifiedSince = first.Content.Headers.LastModified;
        using var other = new HttpRequestMessage(HttpMethod.Get, ambassador.Url(1, "/files/a.txt"));
        other.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\""));

        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(byTag)).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(byDate)).StatusCode);
        Assert.Equal("kept", await (await client.SendAsync(other)).Content.ReadAsStringAsync());
        await nginx.StopAsync();
        Assert.Equal("kept", await client.GetStringAsync(ambassador.Url(1, "/files/a.txt")));
        Assert.Single(File.ReadLines(nginx.AccessLog));
    }

    [Fact]
    public async Task Vary_KeepsTheAnswersApart()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings
        {
            Server = "location = /hello { add_header Cache-Control max-age=600; add_header Vary Accept-Language; return 200 \"hello $http_accept_language\"; }",
        });
        await using var ambassador = await StartAsync(nginx);
        using var client = new HttpClient();

        foreach (var language in (string[])["de", "en", "de", "en", "de"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ambassador.Url(1, "/hello"));
            request.Headers.AcceptLanguage.ParseAdd(language);
            using var response = await client.SendAsync(request);
            Assert.Equal($"hello {language}", await response.Content.ReadAsStringAsync());
        }

        await nginx.StopAsync();
        Assert.Equal(2, File.ReadLines(nginx.AccessLog).Count());
    }

    private static Task<Ambassador> StartAsync(NginxServer nginx) => Ambassador.StartAsync($$"""
        services:
          - name: web
            listen: 127.0.0.1:$1
            http: { upstreams: [ "http://127.0.0.1:{{nginx.Port}}" ], cache: {} }
        """);
}
