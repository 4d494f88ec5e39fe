using System.Globalization;
using System.Text;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Trying;

namespace Sidecars.Adapter.Explaining;

/// <summary>Writes for people what the rules make of text.</summary>
internal sealed class Explainer(TextWriter output)
{
    private readonly HashSet<string> _metrics = [];
    private readonly HashSet<string> _applied = [];

    /// <summary>Line by line, by the first input that matches.</summary>
    public async Task ExplainLinesAsync(IReadOnlyList<(string Name, RuleSet Rules)> inputs, Stream lines, CancellationToken cancellation)
    {
        // Latin-1 there and back keeps every byte of a line as it is.
        using var reader = new StreamReader(lines, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        var number = 0;
        var matched = 0;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            number++;
            var text = Encoding.Latin1.GetBytes(line);
            var explained = inputs.Select(input => (input.Name, Explanation: input.Rules.Explain(text))).ToList();
            var match = explained.Find(input => input.Explanation.Mismatch is null);
            if (match.Explanation is not null)
            {
                matched++;
                await WriteAsync($"line {number}: {match.Name}", match.Explanation);
                continue;
            }

            await output.WriteLineAsync($"line {number}: no match");
            foreach (var (name, explanation) in explained)
            {
                await output.WriteLineAsync($"  {name}: {explanation.Mismatch}");
            }
        }

        await output.WriteLineAsync($"{number} lines, {matched} matched");
        await WriteUnusedAsync();
    }

    /// <summary>The whole text as one page.</summary>
    public async Task ExplainPageAsync(string name, RuleSet rules, Stream page, CancellationToken cancellation)
    {
        using var copy = new MemoryStream();
        await page.CopyToAsync(copy, cancellation);
        var text = copy.ToArray();
        foreach (var explanation in rules.ExplainPage(text.AsMemory(0, rules.Normalise(text))))
        {
            if (explanation.Mismatch is { } mismatch)
            {
                await output.WriteLineAsync($"{name}: no match: {mismatch}");
                return;
            }

            await WriteAsync(name, explanation);
        }
    }

    /// <summary>Line by line, as if each were pushed: the series that it changes, or why it is not counted.</summary>
    public async Task ExplainPushedAsync(string name, PushTrial trial, Stream lines, CancellationToken cancellation)
    {
        using var reader = new StreamReader(lines, Encoding.UTF8);
        var before = new Dictionary<string, double>();
        var number = 0;
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            await output.WriteLineAsync($"line {++number}: {name}");
            foreach (var reason in trial.Read(line))
            {
                await output.WriteLineAsync($"  not counted: {reason}");
            }

            var after = TestRun.Series(trial.Page());
            foreach (var (series, value) in after.Where(series => !before.TryGetValue(series.Key, out var old) || !old.Equals(series.Value)))
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  -> {series} = {value}"));
            }

            before = after;
        }

        await output.WriteLineAsync($"{number} lines");
    }

    private async Task WriteAsync(string title, RuleExplanation explanation)
    {
        await output.WriteLineAsync(title);
        foreach (var (name, value) in explanation.Fields)
        {
            await output.WriteLineAsync($"  {name} = {value}");
        }

        foreach (var (metric, text, applies) in explanation.Effects)
        {
            await output.WriteLineAsync($"  -> {text}");
            _metrics.Add(metric);
            if (applies)
            {
                _applied.Add(metric);
            }
        }
    }

    private async Task WriteUnusedAsync()
    {
        var unused = _metrics.Except(_applied).ToList();
        if (unused.Count > 0)
        {
            await output.WriteLineAsync($"never fed: {string.Join(", ", unused)}");
        }
    }
}
