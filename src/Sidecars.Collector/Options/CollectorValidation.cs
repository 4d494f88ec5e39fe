using Sidecars.Collector.Shaping;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Options;

/// <summary>Finds what types and ranges cannot say.</summary>
internal static class CollectorValidation
{
    public static void Check(CollectorOptions options, ProblemList problems)
    {
        CheckInputs(options, problems);
        CheckOutputs(options, problems);
        DeliveryValidation.Check(options, problems);
        if (options.DeadLetters is { } letters)
        {
            CheckFile(options, new FileOutputOptions { Path = letters.Path, MaxSize = letters.MaxSize }, "dead_letters.path", problems);
        }

        CheckAbsolute(options.State.Directory, "state.directory", problems);
    }

    private static void CheckInputs(CollectorOptions options, ProblemList problems)
    {
        if (options.Inputs.Count == 0)
        {
            problems.Add("inputs", "there is nothing to follow; add an entry with paths, or leave the key out for /var/log/nginx/*.log");
        }

        for (var i = 0; i < options.Inputs.Count; i++)
        {
            var input = options.Inputs[i];
            if (input.Paths.Count == 0)
            {
                problems.Add($"inputs[{i}].paths", "at least one path is needed, such as /var/log/nginx/*.log");
            }

            InputPlan.Create(input, $"inputs[{i}]", TimeProvider.System, problems);
            for (var j = 0; j < input.Paths.Count; j++)
            {
                CheckAbsolute(input.Paths[j], $"inputs[{i}].paths[{j}]", problems);
            }

            for (var j = 0; j < input.Exclude.Count; j++)
            {
                if (input.Exclude[j].Contains('/', StringComparison.Ordinal))
                {
                    CheckAbsolute(input.Exclude[j], $"inputs[{i}].exclude[{j}]", problems);
                }
            }
        }
    }

    private static void CheckOutputs(CollectorOptions options, ProblemList problems)
    {
        if (!options.AllOutputs().Any())
        {
            problems.Add("outputs", "there is nowhere to deliver to; add '- stdout: {}' or '- file: { path: ... }'");
        }

        var keys = options.Outputs.Select((_, i) => $"outputs[{i}]").Append("file");
        var named = new Dictionary<string, string>();
        foreach (var (output, key) in options.AllOutputs().Zip(keys))
        {
            var hasKind = CheckKind(output, key, problems);
            if ((hasKind || output.Name is not null) && !named.TryAdd(output.EffectiveName(), key))
            {
                problems.Add(key, $"{named[output.EffectiveName()]} has the name '{output.EffectiveName()}' too; give one of them another 'name'");
            }

            SocketOutputValidation.Check(output, key, problems);
            output.Http?.Check(key + ".http", problems);
            output.Elasticsearch?.Check(key + ".elasticsearch", problems);
            output.Loki?.Check(key + ".loki", problems);
            output.Otlp?.Check(key + ".otlp", problems, Environment.GetEnvironmentVariable);
            if (output.File is { } file)
            {
                CheckFile(options, file, key == "file" ? key : key + ".file.path", problems);
            }
        }

        CheckSamePath(options, problems);
    }

    private static bool CheckKind(OutputOptions output, string key, ProblemList problems)
    {
        var hasKind = output.Kinds().Count(kind => kind.Given is not null) == 1;
        if (!hasKind)
        {
            var kinds = output.Kinds().Select(kind => kind.Kind).ToArray();
            problems.Add(key, $"exactly one kind of output is needed here: {string.Join(", ", kinds[..^1])} or {kinds[^1]}");
        }

        if (output.Name is { } name && (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            problems.Add(key + ".name", $"'{name}' is no name; use 1 to 64 letters, digits, '-', '_' and '.'");
        }

        return hasKind;
    }

    private static void CheckFile(CollectorOptions options, FileOutputOptions file, string key, ProblemList problems)
    {
        if (!CheckAbsolute(file.Path, key, problems))
        {
            return;
        }

        for (var i = 0; i < options.Inputs.Count; i++)
        {
            var input = options.Inputs[i];
            var feeding = Matching(input, file.Path) ?? (file.MaxSize is null && file.MaxAge is null ? null : Matching(input, file.Path + (file.Compress ? ".1.gz" : ".1")));
            if (feeding is not null)
            {
                problems.Add(key, $"inputs[{i}] follows this file ('{feeding}' matches it), so every line would come round for ever; write it elsewhere or add it to inputs[{i}].exclude");
            }
        }
    }

    private static string? Matching(InputOptions input, string path) =>
        input.Exclude.Any(pattern => new PathPattern(pattern).Matches(path))
            ? null
            : input.Paths.Find(pattern => new PathPattern(pattern).Matches(path));

    private static void CheckSamePath(CollectorOptions options, ProblemList problems)
    {
        var paths = options.AllOutputs().Select(output => output.File?.Path).Append(options.DeadLetters?.Path).Where(path => path is not null);
        foreach (var twice in paths.GroupBy(path => path).Where(group => group.Count() > 1))
        {
            problems.Add("outputs", $"two outputs write to {twice.Key}; every line would be in it twice");
        }
    }

    private static bool CheckAbsolute(string path, string key, ProblemList problems)
    {
        var isAbsolute = path.StartsWith('/') && path.Length > 1;
        if (!isAbsolute)
        {
            problems.Add(key, $"'{path}' is not an absolute path; begin it with '/'");
        }

        return isAbsolute;
    }
}
