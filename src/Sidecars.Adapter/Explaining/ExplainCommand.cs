using System.CommandLine;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Common.Hosting;

namespace Sidecars.Adapter.Explaining;

/// <summary><c>adapter explain &lt; sample.log</c>.</summary>
internal static class ExplainCommand
{
    public static ConfiguredCommand<AdapterOptions> Create()
    {
        var input = new Option<string?>("--input", "-i") { Description = "The input to try. Default: every input that follows a log." };
        var command = new Command("explain", "Show what would become of sample lines (or, with --input, of a page) on standard input: fields, series, and why a line does not match.") { input };
        return new ConfiguredCommand<AdapterOptions>(command, (options, parsed, cancellation) => RunAsync(PlanCompiler.Compile(options, TimeProvider.System), parsed.GetValue(input), cancellation));
    }

    private static async Task<int> RunAsync(AdapterPlan plan, string? input, CancellationToken cancellation)
    {
        var page = plan.Pages.FirstOrDefault(page => page.Name == input);
        var logs = plan.Logs.Where(log => input is null || log.Name == input).Select(log => (log.Name, log.Rules)).ToList();
        if (page is null && logs.Count == 0)
        {
            var known = string.Join(", ", plan.Logs.Select(log => log.Name).Concat(plan.Pages.Select(known => known.Name)));
            await Console.Error.WriteLineAsync(input is null ? "adapter: no input follows a log; name one with --input" : $"adapter: there is no input {input}; inputs: {known}");
            return ExitCodes.BadUsage;
        }

        await using var stdin = Console.OpenStandardInput();
        var explainer = new Explainer(Console.Out);
        if (page is not null)
        {
            await explainer.ExplainPageAsync(page.Name, page.Rules, stdin, cancellation);
        }
        else
        {
            await explainer.ExplainLinesAsync(logs, stdin, cancellation);
        }

        return ExitCodes.Success;
    }
}
