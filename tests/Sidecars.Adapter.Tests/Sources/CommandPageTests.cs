using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

public sealed class CommandPageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_OutputOfAForm_Values()
    {
        await using var table = await StartAsync("['/usr/bin/printf', 'depth,name\\\\n3,a b\\\\n4,c\\\\n']", "\"csv\": \",\", \"timeout\": \"1m\"", "\"gauge\": \"app_depth\", \"value\": \"depth\", \"labels\": [\"name\"]");

        var page = await table.PageAsync();

        Assert.Equal(1, page.Value("app_up"));
        Assert.Equal(3, page.Value("app_depth", ("name", "a b")));
        Assert.Equal(4, page.Value("app_depth", ("name", "c")));
    }

    [Fact]
    public async Task Run_ManyScrapes_OnceEachInterval()
    {
        await using var scraped = await ShellAsync($"echo x >> {_folder["runs"]}; echo depth=1");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1, (await scraped.PageAsync()).Value("app_depth"));
        }

        Assert.Equal("x\n", await File.ReadAllTextAsync(_folder["runs"]));
    }

    [Fact]
    public async Task Run_Environment_IsPathAndWhatIsGiven()
    {
        // PWD, OLDPWD, SHLVL and _ are the shell's own
        _folder.Write("environment.sh", "echo depth=$(/usr/bin/env | /bin/grep -cvE '^(PWD|OLDPWD|SHLVL|_|PATH|GIVEN)='); echo workers=$GIVEN\n");
        await using var counted = await StartAsync(
            $"['/bin/sh', '{_folder["environment.sh"]}']", "\"key_value\": \"=\", \"environment\": { \"GIVEN\": \"1\" }, \"timeout\": \"1m\"", "\"gauge\": \"app_depth\", \"value\": \"depth\" }, { \"gauge\": \"app_workers\", \"value\": \"workers\"");

        var page = await counted.PageAsync();

        Assert.Equal(0, page.Value("app_depth"));
        Assert.Equal(1, page.Value("app_workers"));
    }

    [Fact]
    public async Task Run_ExitCode_DownAndCounted()
    {
        await using var scraped = await ShellAsync("echo depth=1; exit 3");

        var page = await scraped.PageAsync();

        Assert.Equal(0, page.Value("app_up"));
        Assert.Null(page.Find("app_depth"));
        Assert.Equal(1, await scraped.ErrorsAsync("a", "exit"));
    }

    [Fact]
    public async Task Run_NoSuchProgram_DownAndCounted()
    {
        await using var scraped = await StartAsync("['/nothing/here']", "\"key_value\": \"=\"", "\"gauge\": \"app_depth\", \"value\": \"depth\"");

        Assert.Equal(0, (await scraped.PageAsync()).Value("app_up"));
        Assert.Equal(1, await scraped.ErrorsAsync("a", "start"));
    }

    [Fact]
    public async Task Run_Endless_KilledWithAllOfItsGroup()
    {
        // the shell's child holds the output, and would live on were only the shell killed
        var script = $"/bin/sleep 1000 & echo $! > {_folder["child"]}; echo $$ > {_folder["leader"]}; wait";
        await using var scraped = await ShellAsync(script, "300ms");

        Assert.Equal(0, (await scraped.PageAsync()).Value("app_up"));

        Assert.Equal(1, await scraped.ErrorsAsync("a", "timeout"));
        // a machine that is very slow may not have come to write the numbers within the time
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            var process = (await File.ReadAllTextAsync(file)).Trim();
            await Eventually.True(() => process.Length == 0 || !IsRunning(process), TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task Run_LeavesAChildWithItsOutput_TakenWhenTheCommandEndsAndTheChildKilled()
    {
        await using var scraped = await ShellAsync($"echo depth=5; /bin/sleep 1000 & echo $! > {_folder["child"]}", "1m");

        Assert.Equal(5, (await scraped.PageAsync()).Value("app_depth"));

        var child = (await File.ReadAllTextAsync(_folder["child"])).Trim();
        await Eventually.True(() => !IsRunning(child), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Run_EndlessOutput_BoundedAndCounted()
    {
        await using var scraped = await StartAsync("['/usr/bin/yes']", "\"key_value\": \"=\", \"timeout\": \"1m\"", "\"gauge\": \"app_depth\", \"value\": \"depth\"");

        Assert.Equal(0, (await scraped.PageAsync()).Value("app_up"));
        Assert.Equal(1, await scraped.ErrorsAsync("a", "too_large"));
    }

    /// <summary>Whether a process is there and no zombie that its new parent has not taken yet.</summary>
    private static bool IsRunning(string process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Task<Scraped> ShellAsync(string script, string timeout = "1m") => StartAsync(
        $"['/bin/sh', '-c', '{script}']",
        $"\"key_value\": \"=\", \"timeout\": \"{timeout}\"",
        "\"gauge\": \"app_depth\", \"value\": \"depth\" }, { \"gauge\": \"app_workers\", \"value\": \"workers\"");

    private static Task<Scraped> StartAsync(string command, string form, string metrics) => Scraped.StartAsync(
        $$"""{ "allow_exec": true, "inputs": { "a": { "exec": {{command.Replace("['", "[\"", StringComparison.Ordinal).Replace("', '", "\", \"", StringComparison.Ordinal).Replace("']", "\"]", StringComparison.Ordinal)}}, {{form}}, "up": "app_up", "metrics": [ { {{metrics}} } ] } } }""");
}
