using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Sidecars.Faults.Cases;

namespace Sidecars.Faults;

/// <summary>The command line: runs cases again and again, some side by side, and says what came of it.</summary>
internal static class FaultCommand
{
    private static readonly Argument<string[]> Names = new("case") { Arity = ArgumentArity.ZeroOrMore, Description = "The cases to run. Default: all." };
    private static readonly Option<int> Runs = new("--runs") { DefaultValueFactory = _ => 1, Description = "How often each case is run. Default: 1." };
    private static readonly Option<int> Seed = new("--seed") { DefaultValueFactory = _ => 1, Description = "The seed of the first run; each further run has the next one. Default: 1." };
    private static readonly Option<int> Parallelism = new("--parallel") { DefaultValueFactory = _ => 1, Description = "How many runs go on at a time. Default: 1." };
    private static readonly Option<int?> Rounds = new("--rounds") { Description = "How often a fault happens in a run. Default: as the case has it." };
    private static readonly Option<string> Executable = new("--collector") { DefaultValueFactory = _ => "collector", Description = "The collector's program. Default: the one of this build." };

    public static RootCommand Create()
    {
        var command = new RootCommand("Runs the collector against faults of every kind and compares what its receivers got with what was written.") { Names, Runs, Seed, Parallelism, Rounds, Executable };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var names = parsed.GetValue(Names)!;
        if (names.FirstOrDefault(name => FaultCases.All.All(known => known.Name != name)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"no case is called {unknown}; there are: {string.Join(", ", FaultCases.All.Select(known => known.Name))}").ConfigureAwait(false);
            return 2;
        }

        var seed = parsed.GetValue(Seed);
        var runs = from run in Enumerable.Range(seed, parsed.GetValue(Runs))
                   from known in FaultCases.All
                   where names.Length == 0 || names.Contains(known.Name)
                   select (known, new FaultSettings(run, parsed.GetValue(Rounds) ?? known.ManyRounds, parsed.GetValue(Executable)!));
        var began = Stopwatch.GetTimestamp();
        var reports = new List<FaultReport>();
        await Parallel.ForEachAsync(
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(Parallelism), CancellationToken = cancellation },
            async (run, _) =>
            {
                var report = await TryAsync(run.known, run.Item2).ConfigureAwait(false);
                lock (reports)
                {
                    reports.Add(report);
                    Console.WriteLine(report);
                }
            }).ConfigureAwait(false);
        return Sum(reports, Stopwatch.GetElapsedTime(began));
    }

    private static async Task<FaultReport> TryAsync(FaultCase known, FaultSettings settings)
    {
        try
        {
            return await known.RunAsync(settings).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // one run that goes wrong does not end the series; it is in the report
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new FaultReport(known.Name, settings.Seed) { Problems = [exception.ToString()] };
        }
    }

    private static int Sum(List<FaultReport> reports, TimeSpan took)
    {
        var bad = reports.Count(report => report.Problems.Count > 0);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{reports.Count} runs in {took.TotalSeconds:0} s, {bad} with problems: {reports.Sum(report => report.Lines)} lines, {reports.Sum(report => report.Bytes)} bytes, {reports.Sum(report => report.Interruptions)} interruptions, {reports.Sum(report => report.RepeatedBytes)} bytes repeated"));
        return bad == 0 ? 0 : 1;
    }
}
