using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Common.Configuration;
using Sidecars.Common.Parsing;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Shaping;

/// <summary>What happens to the lines of one input, for one output: parsers and steps keep state.</summary>
internal sealed class InputPlan
{
    private readonly PathPattern[] _paths;
    private readonly PathPattern[] _exclude;

    private InputPlan(InputOptions options, RecordGrouping? grouping, LineParser? parser, IReadOnlyList<Step> steps)
    {
        _paths = [.. options.Paths.Select(path => new PathPattern(path))];
        _exclude = [.. options.Exclude.Select(path => new PathPattern(path))];
        Grouping = grouping;
        Parser = parser;
        Steps = [.. steps];
    }

    /// <summary>Says which lines belong together; null when each is a record.</summary>
    public RecordGrouping? Grouping { get; }

    /// <summary>Takes lines apart; null when they go on as they are.</summary>
    public LineParser? Parser { get; }

    /// <summary>What is done, in order.</summary>
    public Step[] Steps { get; }

    /// <summary>Makes a plan; what is wrong is told, and left out.</summary>
    public static InputPlan Create(InputOptions options, string key, TimeProvider time, ProblemList problems)
    {
        LineParser? parser = null;
        if (options.Parse is { } parse && !LineParsers.TryCreate(parse.Format, parse.ToSettings(), out parser, out var error))
        {
            problems.Add(key + ".parse.format", error);
        }

        if (options.Parse is { Delimiter.Length: not 1 })
        {
            problems.Add(key + ".parse.delimiter", "a delimiter is one character");
        }

        var grouping = options.Multiline is { } multiline ? GroupingFactory.Create(multiline, key + ".multiline", problems) : null;
        return new InputPlan(options, grouping, parser, new StepFactory(time, problems).Create(options.Steps, key + ".steps"));
    }

    /// <summary>The plan for a path; of a file that was renamed while nobody looked, the one whose pattern its older name fits.</summary>
    public static int IndexFor(IReadOnlyList<InputPlan> plans, string path)
    {
        for (var name = path; name.Length > 0; name = Shorter(name))
        {
            for (var i = 0; i < plans.Count; i++)
            {
                if (plans[i].Matches(name))
                {
                    return i;
                }
            }
        }

        return 0;
    }

    /// <summary>Whether the input leads to this path.</summary>
    public bool Matches(string path) =>
        Array.Exists(_paths, pattern => pattern.Matches(path)) && !Array.Exists(_exclude, pattern => pattern.Matches(path));

    /// <summary>access.log-20261124.1, access.log-20261124, access.log, access.</summary>
    private static string Shorter(string path) => path[..Math.Max(0, path.AsSpan().LastIndexOfAny('.', '-', '_'))];
}
