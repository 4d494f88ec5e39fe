using System.CommandLine;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.PodUse;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Trying;
using Sidecars.Common.Hosting;

namespace Sidecars.Adapter.Explaining;

/// <summary><c>adapter explain &lt; sample.log</c>.</summary>
internal static class ExplainCommand
{
    public static ConfiguredCommand<AdapterOptions> Create()
    {
        var input = new Option<string?>("--input", "-i") { Description = "The input to try. Default: every input that follows a log." };
        var command = new Command("explain", "Show what would become of sample lines (or, with --input, of a page or of samples that are pushed) on standard input: fields, series, and why a line does not match.") { input };
        return new ConfiguredCommand<AdapterOptions>(command, (options, parsed, cancellation) => RunAsync(options, parsed.GetValue(input), cancellation));
    }

    private static async Task<int> RunAsync(AdapterOptions options, string? input, CancellationToken cancellation)
    {
        var plan = PlanCompiler.Compile(options, TimeProvider.System);
        var page = plan.Pages.FirstOrDefault(page => page.Name == input);
        var pushed = PushInputs.Of(options).FirstOrDefault(source => source.Name == input).Options;
        var logs = plan.Logs.Where(log => input is null || log.Name == input).Select(log => (log.Name, log.Rules)).ToList();
        if (page is null && pushed is null && logs.Count == 0)
        {
            await Console.Error.WriteLineAsync($"adapter: {Reason(options, plan, input)}");
            return ExitCodes.BadUsage;
        }

        await using var stdin = Console.OpenStandardInput();
        var explainer = new Explainer(Console.Out);
        if (page is not null)
        {
            await explainer.ExplainPageAsync(page.Name, page.Rules, stdin, cancellation);
        }
        else if (pushed is not null)
        {
            await explainer.ExplainPushedAsync(input!, new PushTrial(pushed, options, TimeProvider.System), stdin, cancellation);
        }
        else
        {
            await explainer.ExplainLinesAsync(logs, stdin, cancellation);
        }

        return ExitCodes.Success;
    }

    /// <summary>Why there is nothing that can be explained.</summary>
    private static string Reason(AdapterOptions options, AdapterPlan plan, string? input)
    {
        if (input is null)
        {
            return "no input follows a log; name one with --input";
        }

        if (input == PodSource.Name && options.Pod is not null)
        {
            return "pod cannot be explained: it is what the kernel tells, and no text";
        }

        if (options.Prometheus.ContainsKey(input))
        {
            return $"{input} cannot be explained: what it tells is metrics already, and taken as it is";
        }

        var known = plan.Logs.Select(log => log.Name).Concat(plan.Pages.Select(known => known.Name)).Concat(PushInputs.Of(options).Select(source => source.Name));
        return $"there is no input {input}; inputs: {string.Join(", ", known)}";
    }
}
