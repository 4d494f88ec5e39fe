using System.Globalization;
using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;

namespace Sidecars.Adapter.Trying;

/// <summary>Runs the tests of a configuration. Each has a store of its own, so none sees what another counted.</summary>
internal static class TestRun
{
    /// <summary>What is not as expected, one line each; none when the test passes.</summary>
    public static IReadOnlyList<string> Differences(AdapterOptions options, TestOptions test, TimeProvider time)
    {
        var differences = new List<string>();
        if (PushInputs.Of(options).FirstOrDefault(source => source.Name == test.Input) is { Options: { } pushed })
        {
            var trial = new PushTrial(pushed, options, time);
            Apply(trial, test, differences);
            Compare(test, Series(trial.Page()), differences);
            return differences;
        }

        var plan = PlanCompiler.Compile(options, time);
        if (plan.Pages.FirstOrDefault(page => page.Name == test.Input) is { } page)
        {
            Apply(page, test.Page!, differences);
        }
        else
        {
            Apply(plan.Logs.First(log => log.Name == test.Input).Rules, test, differences);
        }

        Compare(test, Series(plan), differences);
        return differences;
    }

    private static void Apply(PagePlan page, string text, List<string> differences)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var unreadable = 0L;
        var mismatch = page.Rules.ApplyPage(bytes.AsMemory(0, page.Rules.Normalise(bytes)), ref unreadable);
        if (page.Up is { } up)
        {
            up.GetOrAdd([]).Value = mismatch is null ? 1 : 0;
        }

        if (mismatch is not null && page.Up is null)
        {
            differences.Add($"the page is not of the form expected: {mismatch}");
        }
    }

    private static void Apply(RuleSet rules, TestOptions test, List<string> differences)
    {
        var unmatched = new List<string>();
        var unreadable = 0L;
        for (var i = 0; i < test.Lines.Count; i++)
        {
            var line = Encoding.UTF8.GetBytes(test.Lines[i]);
            var match = rules.Apply(line, ref unreadable);
            if (!match.IsMatch)
            {
                unmatched.Add($"line {i + 1} does not match: {rules.Explain(match, line)}");
            }
        }

        Compare(test, unmatched, differences);
    }

    private static void Apply(PushTrial trial, TestOptions test, List<string> differences)
    {
        var unmatched = new List<string>();
        for (var i = 0; i < test.Lines.Count; i++)
        {
            if (trial.Read(test.Lines[i]) is { Count: > 0 } reasons)
            {
                unmatched.Add($"line {i + 1} is not counted: {string.Join(", ", reasons)}");
            }
        }

        Compare(test, unmatched, differences);
    }

    private static void Compare(TestOptions test, List<string> unmatched, List<string> differences)
    {
        if (unmatched.Count != test.Unmatched)
        {
            differences.Add($"lines that do not match: expected {test.Unmatched}, got {unmatched.Count}");
            differences.AddRange(unmatched);
        }
    }

    private static void Compare(TestOptions test, Dictionary<string, double> series, List<string> differences)
    {
        foreach (var line in test.Expect.Texts.SelectMany(text => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!SampleText.TryParse(line, out var expected, out _))
            {
                continue; // validation reports it
            }

            if (!series.TryGetValue(expected.Series, out var value))
            {
                var others = series.Where(other => other.Key == expected.Name || other.Key.StartsWith(expected.Name + "{", StringComparison.Ordinal)).Select(other => $"{other.Key} {Text(other.Value)}").ToList();
                differences.Add($"expected {expected.Series} {Text(expected.Value)}, got none{(others.Count == 0 ? "" : $"; there are: {string.Join("; ", others)}")}");
            }
            else if (!IsSame(value, expected.Value))
            {
                differences.Add($"expected {expected.Series} {Text(expected.Value)}, got {Text(value)}");
            }
        }
    }

    /// <summary>Sums of fractions are not to be written down to their last bit.</summary>
    private static bool IsSame(double value, double expected) =>
        value.Equals(expected) || Math.Abs(value - expected) <= 1e-9 * Math.Max(Math.Abs(value), Math.Abs(expected));

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, double> Series(AdapterPlan plan)
    {
        using var buffer = new ExpositionBuffer();
        plan.LogSeries.Write(buffer);
        plan.PageSeries.Write(buffer);
        return Series(Encoding.UTF8.GetString(buffer.Written));
    }

    /// <summary>The series of a page, with their values.</summary>
    public static Dictionary<string, double> Series(string page)
    {
        var series = new Dictionary<string, double>();
        foreach (var line in page.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (SampleText.TryParse(line, out var sample, out _))
            {
                series[sample.Series] = sample.Value;
            }
        }

        return series;
    }
}
