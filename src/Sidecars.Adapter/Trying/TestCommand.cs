using System.CommandLine;
using Sidecars.Adapter.Options;
using Sidecars.Common.Hosting;

namespace Sidecars.Adapter.Trying;

/// <summary><c>adapter test</c>: runs the tests that stand in the configuration.</summary>
internal static class TestCommand
{
    public static ConfiguredCommand<AdapterOptions> Create()
    {
        var command = new Command("test", "Run the tests in the configuration and print what is not as expected; exit code 1 when something is not.");
        return new ConfiguredCommand<AdapterOptions>(command, (options, _, _) => RunAsync(options, Console.Out));
    }

    private static async Task<int> RunAsync(AdapterOptions options, TextWriter output)
    {
        var failed = 0;
        for (var i = 0; i < options.Tests.Count; i++)
        {
            var test = options.Tests[i];
            var differences = TestRun.Differences(options, test, TimeProvider.System);
            failed += differences.Count > 0 ? 1 : 0;
            await output.WriteLineAsync($"tests[{i}] {test.Input}: {(differences.Count > 0 ? "failed" : "ok")}");
            foreach (var difference in differences)
            {
                await output.WriteLineAsync($"  {difference}");
            }
        }

        await output.WriteLineAsync($"{options.Tests.Count} tests, {failed} failed");
        return failed == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}
