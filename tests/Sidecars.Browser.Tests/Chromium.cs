using PuppeteerSharp;

namespace Sidecars.Browser.Tests;

/// <summary>A real browser (Debian package <c>chromium</c>), without a window, once for all tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private IBrowser? _browser;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _browser = await Puppeteer.LaunchAsync(new LaunchOptions
    {
        ExecutablePath = Executable,
        Headless = true,
        Timeout = (int)Patience.TotalMilliseconds,

        // the tests run as root and in containers: no sandbox of its own, no shared memory folder of some MB
        Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-extensions"],
    });

    /// <summary>Opens an address in a page of this width.</summary>
    public async Task<OpenPage> OpenAsync(Uri address, int width, bool isDark = false)
    {
        var page = await _browser!.NewPageAsync();
        page.DefaultTimeout = (int)Patience.TotalMilliseconds;
        var opened = new OpenPage(page);
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync([new() { MediaFeature = MediaFeature.PrefersColorScheme, Value = isDark ? "dark" : "light" }]);
        opened.Response = await page.GoToAsync(address.AbsoluteUri);
        return opened;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }
}
