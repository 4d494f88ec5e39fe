using Sidecars.Adapter.Exposition;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks that the tests in a configuration can be run at all.</summary>
internal static class TestValidation
{
    private static readonly string[] Parts = ["_bucket", "_sum", "_count"];

    public static void Check(AdapterOptions options, IReadOnlyDictionary<string, InputOptions> inputs, ProblemList problems)
    {
        var pushed = PushInputs.Of(options).DistinctBy(source => source.Name).ToDictionary(source => source.Name, _ => (InputOptions?)null);
        for (var i = 0; i < options.Tests.Count; i++)
        {
            var test = options.Tests[i];
            var path = $"tests[{i}]";
            if (pushed.TryGetValue(test.Input, out var source))
            {
                CheckText(test, isPage: false, path, problems);
                CheckExpected(test, source, path, problems);
                continue;
            }

            if (!inputs.TryGetValue(test.Input, out var input))
            {
                problems.Add($"{path}.input", $"there is no input '{test.Input}'; inputs: {string.Join(", ", inputs.Keys.Union(pushed.Keys))}");
                continue;
            }

            CheckText(test, input.IsPage, path, problems);
            CheckExpected(test, input, path, problems);
        }
    }

    private static void CheckText(TestOptions test, bool isPage, string path, ProblemList problems)
    {
        if (isPage ? test.Page is null || test.Lines.Count > 0 : test.Page is not null || test.Lines.Count == 0)
        {
            problems.Add(path, isPage ? $"{test.Input} is a page; give its text as page" : $"{test.Input} gets lines; give some as lines");
        }
    }

    /// <summary>What names come of samples that are pushed is not known before; there is no input then.</summary>
    private static void CheckExpected(TestOptions test, InputOptions? input, string path, ProblemList problems)
    {
        if (test.Expect.Texts.Count == 0)
        {
            problems.Add(path, "expect is missing: the series that come of the text, for example 'jobs_total{queue=\"a\"} 1'");
        }

        for (var i = 0; i < test.Expect.Texts.Count; i++)
        {
            foreach (var line in test.Expect.Texts[i].Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var at = $"{path}.expect[{i}]";
                if (!SampleText.TryParse(line, out var sample, out var mistake))
                {
                    problems.Add(at, $"'{line}' is no series with a value: {mistake}");
                }
                else if (input is not null && !Makes(input, sample.Name))
                {
                    problems.Add(at, $"{test.Input} makes no {sample.Name}; its metrics: {string.Join(", ", Names(input))}");
                }
            }
        }
    }

    private static bool Makes(InputOptions input, string name) => Names(input).Contains(name)
        || input.Metrics.Any(metric => metric.Histogram is { } histogram && Parts.Any(part => name == histogram + part))
        || input.Metrics.Any(metric => metric.Summary is { } summary && Parts.Skip(1).Any(part => name == summary + part));

    private static IEnumerable<string> Names(InputOptions input) =>
        input.Metrics.SelectMany(metric => metric.Given).Select(given => given.Name).Concat(input.Up is { } up ? [up] : []);
}
