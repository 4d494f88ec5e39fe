using System.CommandLine;
using Sidecars.Collector.Options;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Hosting;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Explaining;

/// <summary><c>collector explain &lt; sample.log</c>.</summary>
internal static class ExplainCommand
{
    public static ConfiguredCommand<CollectorOptions> Create()
    {
        var file = new Option<string?>("--file-name", "-f") { Description = "The path that the lines are taken to stand in; it decides which input they belong to. Default: the first path of the first input." };
        var sample = new Argument<string?>("sample") { Description = "A file with sample lines. Default: standard input.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("explain", "Show what would become of sample lines: fields, what each step does, the document, and why a line does not match.") { file, sample };
        return new ConfiguredCommand<CollectorOptions>(command, (options, parsed, cancellation) => RunAsync(options, (parsed.GetValue(file), parsed.GetValue(sample)), cancellation));
    }

    private static async Task<int> RunAsync(CollectorOptions options, (string? Path, string? Sample) given, CancellationToken cancellation)
    {
        var path = given.Path ?? options.Inputs[0].Paths[0];
        var plans = Shapings.Plans(options, TimeProvider.System);
        var input = InputPlan.IndexFor(plans, path);
        using var lines = new MemoryStream();
        await using (var source = given.Sample is null ? Console.OpenStandardInput() : File.OpenRead(given.Sample))
        {
            await source.CopyToAsync(lines, cancellation);
        }

        await Console.Out.WriteLineAsync($"inputs[{input}] for {path}");
        new Explainer(plans[input], path, TimeProvider.System, Console.Out).Explain(Utf16Text.ToUtf8(lines.GetBuffer().AsSpan(0, (int)lines.Length), plans[input].Encoding));
        return ExitCodes.Success;
    }
}
