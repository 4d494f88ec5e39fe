using Microsoft.Extensions.Time.Testing;
using Sidecars.Adapter.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

public sealed class StatusFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("key_value", "=", "depth=3\nworkers = 2\n")]
    [InlineData("key_value", ":", "depth: 3\nworkers: 2\n")]
    [InlineData("ini", "", "depth=3\nworkers = 2\n")]
    [InlineData("ini", "queue", "[other]\ndepth=9\n[queue]\ndepth=3\nworkers=2\n")]
    [InlineData("csv", ",", "depth,workers\n3,2\n")]
    [InlineData("json", "$", "{\"depth\":3,\"workers\":2}")]
    [InlineData("xml", "/q", "<q><depth>3</depth><workers>2</workers></q>")]
    [InlineData("format", "depth $depth of $workers", "depth\t3\nof 2\n")]
    public async Task Scrape_FileOfEachForm_Values(string form, string text, string content)
    {
        await using var scraped = await StartAsync(_folder.Write("status", content), $"\"{form}\": \"{text}\"");

        var page = await scraped.PageAsync();

        Assert.Equal(1, page.Value("app_up"));
        Assert.Equal(3, page.Value("app_depth"));
        Assert.Equal(2, page.Value("app_workers"));
    }

    [Fact]
    public async Task Scrape_FileChanges_TheNextScrapeTellsIt()
    {
        var file = _folder.Write("status", "depth=3\n");
        await using var scraped = await StartAsync(file, "\"key_value\": \"=\"");
        Assert.Equal(3, (await scraped.PageAsync()).Value("app_depth"));

        _folder.Write("status", "workers=1\n");

        var page = await scraped.PageAsync();
        Assert.Null(page.Find("app_depth"));
        Assert.Equal(1, page.Value("app_workers"));
    }

    [Fact]
    public async Task Scrape_FileGrowsOld_StaleUntilItIsWrittenAgain()
    {
        var file = _folder.Write("status", "depth=3\n");
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
        await using var scraped = await StartAsync(file, "\"key_value\": \"=\", \"max_age\": \"10m\"", time);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(3, (await scraped.PageAsync()).Value("app_depth"));

        time.Advance(TimeSpan.FromSeconds(1));
        var stale = await scraped.PageAsync();
        File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);

        Assert.Equal(0, stale.Value("app_up"));
        Assert.Null(stale.Find("app_depth"));
        Assert.Equal(1, await scraped.ErrorsAsync("a", "stale"));
        Assert.Equal(1, (await scraped.PageAsync()).Value("app_up"));
    }

    [Fact]
    public async Task Scrape_NoFile_DownWithTheReason()
    {
        await using var scraped = await StartAsync(_folder["nothing"], "\"key_value\": \"=\"");

        Assert.Equal(0, (await scraped.PageAsync()).Value("app_up"));
        Assert.Equal(1, await scraped.ErrorsAsync("a", "missing"));
    }

    [Fact]
    public async Task Scrape_FolderOrPipe_DownAndNeverWaitedFor()
    {
        Assert.Equal(0, (await ClientProgram.RunAsync("mkfifo", [_folder["pipe"]])).ExitCode);
        foreach (var path in (string[])[_folder.Path, _folder["pipe"]])
        {
            await using var scraped = await StartAsync(path, "\"key_value\": \"=\"");

            Assert.Equal(0, (await scraped.PageAsync()).Value("app_up"));
            Assert.Equal(1, await scraped.ErrorsAsync("a", "read"));
        }
    }

    [Fact]
    public async Task Scrape_EndlessFile_Bounded()
    {
        using (var file = File.Create(_folder["huge"]))
        {
            file.SetLength(StatusFile.Longest + 1);
        }

        await using var scraped = await StartAsync(_folder["huge"], "\"key_value\": \"=\"");

        Assert.Equal(0, (await scraped.PageAsync()).Value("app_up"));
        Assert.Equal(1, await scraped.ErrorsAsync("a", "too_large"));
    }

    [Fact]
    public async Task Scrape_FileOfTheKernel_ReadThoughItSaysNoSize()
    {
        await using var scraped = await Scraped.StartAsync(
            """{ "inputs": { "a": { "file": "/proc/meminfo", "key_value": ":", "up": "app_up", "metrics": [ { "gauge": "huge_page_pool", "value": "HugePages_Total" } ] } } }""");

        var page = await scraped.PageAsync();

        Assert.Equal(1, page.Value("app_up"));
        Assert.NotNull(page.Find("huge_page_pool"));
    }

    private static Task<Scraped> StartAsync(string path, string form, TimeProvider? time = null) => Scraped.StartAsync(
        $$"""{ "inputs": { "a": { "file": "{{path}}", {{form}}, "up": "app_up", "metrics": [ { "gauge": "app_depth", "value": "depth" }, { "gauge": "app_workers", "value": "workers" } ] } } }""", time);
}
