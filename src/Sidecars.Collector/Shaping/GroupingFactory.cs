using Sidecars.Collector.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Shaping;

/// <summary>Makes the grouping of lines of options, and says what is wrong with them.</summary>
internal static class GroupingFactory
{
    /// <summary>What the runtimes print behind the first line of an exception or a panic; PostgreSQL indents what goes on.</summary>
    private static readonly Dictionary<string, string> Continuations = new(StringComparer.Ordinal)
    {
        ["java"] = @"^(\s|Caused by: |Suppressed: |\.\.\. \d+ more)",
        ["dotnet"] = @"^(\s|--- End of |Unhandled exception|---> )",
        ["python"] = @"^(\s|$|Traceback |During handling of the above|The above exception was|([A-Za-z_][\w.]*\.)?[A-Z]\w*(Error|Exception|Warning|Exit|Interrupt|Iteration|Group)(:|$))",
        ["go"] = @"^(\s|$|goroutine \d+ |created by |\[signal |exit status |[\w./*()\-]+\.[\w.*()\-\[\]]+\(.*\)$|panic: .*\[recovered\])",
        ["postgres"] = @"^\s",
    };

    /// <summary>The grouping; null when it is wrong.</summary>
    public static LineGrouping? Create(MultilineOptions options, string key, ProblemList problems)
    {
        var given = new[]
        {
            ("preset", options.Preset, GroupingRule.Continuation), ("first_line", options.FirstLine, GroupingRule.FirstLine),
            ("continuation", options.Continuation, GroupingRule.Continuation), ("end", options.End, GroupingRule.End),
        }.Where(rule => rule.Item2 is not null).ToList();
        if (given is not [var (name, text, rule)])
        {
            problems.Add(key, "exactly one of preset, first_line, continuation and end says which lines belong together");
            return null;
        }

        if (name == "preset" && !Continuations.TryGetValue(text!, out text))
        {
            problems.Add(key + ".preset", $"'{options.Preset}' is no preset; there are {string.Join(", ", Continuations.Keys)}; write an own pattern as first_line, continuation or end");
            return null;
        }

        if (!SafePattern.TryCompile(text!, out var pattern, out var error))
        {
            problems.Add($"{key}.{name}", error);
            return null;
        }

        return new LineGrouping(rule, pattern, options.Timeout, options.MaxLines, (int)options.MaxBytes.Bytes);
    }
}
