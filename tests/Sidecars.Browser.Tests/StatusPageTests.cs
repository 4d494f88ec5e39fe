using System.Net;
using Sidecars.Testing;

namespace Sidecars.Browser.Tests;

/// <summary>The status pages of the three sidecars, with something to show, in a real browser: on a telephone and on a desk, in the light and in the dark.</summary>
public sealed class StatusPageTests(Chromium browser) : IClassFixture<Chromium>, IDisposable
{
    private const string LongName = "a-name-without-any-place-to-break-it-0123456789012345678901234567890123456789012345678901234567890123456789";
    private const string Hostile = "<img src=x onerror=document.title='hacked'>.log";

    private readonly TempFolder _folder = new();
    private readonly int _admin = FreePort.Next();
    private readonly int _nobody = FreePort.Next();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task collector()
    {
        _folder.Write($"logs/{LongName}.log", "1\n2\n");
        _folder.Write($"logs/{Hostile}", "1\n2\n");
        await using var collector = await StartAsync(
            "collector",
            $$"""
            inputs: [ { paths: ['{{_folder["logs/*.log"]}}'] } ]
            outputs:
              - file: { path: '{{_folder["out.log"]}}' }
              - http: { url: 'http://127.0.0.1:{{_nobody}}/{{LongName}}' }
            state: { directory: '{{_folder["state"]}}' }
            """);
        await Eventually.True(async () => (await collector.StatusAsync()).Row("outputs", "output", "http").GetProperty("last_error").GetString() is not null);

        await CheckAsync(collector, "collector", ["outputs", "files", "account", "volume", "problems"]);
    }

    [Fact]
    public async Task ambassador()
    {
        var (http, tcp) = (FreePort.Next(), FreePort.Next());
        await using var ambassador = await StartAsync(
            "ambassador",
            $$"""
            services:
              - name: shop
                listen: 127.0.0.1:{{http}}
                http:
                  upstreams: ['http://127.0.0.1:{{_nobody}}']
                  circuit_breaker: {}
                  routes: [ { name: all, match: { path_prefix: '/{{LongName}}' } } ]
              - { name: db, listen: '127.0.0.1:{{tcp}}', tcp: { upstreams: ['127.0.0.1:{{_nobody}}'] } }
            """);
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"http://127.0.0.1:{http}/{LongName}"));
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);

        await CheckAsync(ambassador, "ambassador", ["http_services", "http_routes", "http_upstreams", "tcp_services", "tcp_upstreams"]);
    }

    [Fact]
    public async Task adapter()
    {
        _folder.Write($"logs/{Hostile}", "GET 1\nPOST 2\n");
        await using var adapter = await StartAsync(
            "adapter",
            $$"""
            nginx: { status: off, access_log: off }
            inputs:
              app:
                tail: '{{_folder["logs/*.log"]}}'
                format: '$method $size'
                metrics: [ { counter: app_requests_total, labels: [method], help: Requests. } ]
              page:
                http: http://127.0.0.1:{{_nobody}}/{{LongName}}
                format: 'Depth: $depth'
                metrics: [ { gauge: app_queue_depth, value: depth, help: Depth. } ]
            """);
        await adapter.MetricsAsync();

        await CheckAsync(adapter, "adapter", ["logs", "pages", "rules", "series"]);
    }

    private async Task<SidecarProcess> StartAsync(string name, string yaml)
    {
        var sidecar = SidecarProcess.Start(name, _admin, ["--config", _folder.Write($"{name}.yaml", yaml), "--admin", $"127.0.0.1:{_admin}"]);
        await sidecar.WaitReadyAsync();
        return sidecar;
    }

    private async Task CheckAsync(SidecarProcess sidecar, string name, string[] tables)
    {
        foreach (var (width, isDark) in new[] { (360, false), (1280, true) })
        {
            await using var page = await browser.OpenAsync(new Uri(sidecar.AdminUrl, "?refresh=0"), width, isDark);

            Assert.Equal(HttpStatusCode.OK, page.Response!.Status);
            Assert.Equal($"{name} status", await page.ValueAsync<string>("document.title"));
            Assert.Equal(width, await page.ValueAsync<int>("window.innerWidth"));
            Assert.True(await page.ValueAsync<int>("document.documentElement.scrollWidth") <= width, $"{name} is wider than {width} px");
            Assert.Equal("[]", await page.ValueAsync<string>("JSON.stringify([...document.querySelectorAll('th, td, h1, h2, p, dd')].filter(e => e.closest('thead') === null && e.getBoundingClientRect().right > window.innerWidth).map(e => e.textContent))"));
            foreach (var table in tables)
            {
                Assert.True(await page.ValueAsync<bool>($"document.querySelector('table[aria-labelledby={table}] thead th[scope=col]') !== null && document.querySelector('table[aria-labelledby={table}] tbody th[scope=row]') !== null"), $"no table {table}");
            }

            // the style is in force, and follows the reader's choice of light or dark
            Assert.Equal(isDark ? "rgb(13, 17, 23)" : "rgb(246, 248, 250)", await page.ValueAsync<string>("getComputedStyle(document.body).backgroundColor"));
            Assert.Equal(0, await page.ValueAsync<int>("document.images.length + document.scripts.length"));
            Assert.Single(page.Requests, url => url.StartsWith("http", StringComparison.Ordinal));
            Assert.Empty(page.Complaints);
            if (Environment.GetEnvironmentVariable("STATUS_PICTURES") is { Length: > 0 } folder)
            {
                await page.SaveAsync(Path.Combine(folder, $"{name}-{width}.png"));
            }
        }
    }
}
