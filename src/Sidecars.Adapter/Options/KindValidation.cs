using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks what only some types of metrics have.</summary>
internal sealed class KindValidation(string at, MetricOptions metric, bool isPage, ProblemList problems)
{
    private const int MostQuantiles = 20;
    private const int MostStates = 100;

    public void Run(string kind, string name)
    {
        CheckSummary(kind);
        CheckInfo(kind);
        CheckStates(kind, name);
        if (metric.Expire is { } expire && (isPage || expire < TimeSpan.Zero))
        {
            problems.Add($"{at}.expire", isPage ? "what a page no longer says is gone at once; only series of a log expire" : "a duration such as 1h is expected, or 0s for ever");
        }
    }

    private void CheckSummary(string kind)
    {
        if (kind != "summary" && (metric.Quantiles is not null || metric.MaxAge is not null))
        {
            problems.Add($"{at}.{(metric.Quantiles is null ? "max_age" : "quantiles")}", "only a summary has quantiles");
        }

        var quantiles = metric.Quantiles ?? [];
        if (quantiles.Count > MostQuantiles)
        {
            problems.Add($"{at}.quantiles", $"{quantiles.Count} quantiles; at most {MostQuantiles} are allowed");
        }

        for (var i = 0; i < quantiles.Count; i++)
        {
            if (quantiles[i] is not (>= 0 and <= 1) || quantiles.IndexOf(quantiles[i]) < i)
            {
                problems.Add($"{at}.quantiles[{i}]", "a quantile is between 0 and 1, and there once, for example 0.99");
            }
        }
    }

    private void CheckInfo(string kind)
    {
        if (kind != "info")
        {
            return;
        }

        if (metric.Value is not null)
        {
            problems.Add($"{at}.value", "an info is always 1; what it tells are its labels");
        }

        if (metric.Labels.Count == 0)
        {
            problems.Add(at, "an info tells by its labels; add labels");
        }
    }

    private void CheckStates(string kind, string name)
    {
        if (kind != "state_set")
        {
            if (metric.States.Count > 0)
            {
                problems.Add($"{at}.states", "only a state set has states");
            }

            return;
        }

        if (metric.States.Count is 0 or > MostStates || metric.States.Distinct().Count() != metric.States.Count || metric.States.Exists(state => state.Length == 0 || state.Any(char.IsControl)))
        {
            problems.Add($"{at}.states", $"1 to {MostStates} different states are expected, as the value says them: [starting, ready]");
        }

        if (metric.Labels.Exists(label => label.Name == name))
        {
            problems.Add($"{at}.labels", $"{name} is the label of the states themselves; choose another");
        }

        if (metric.Map.Count > 0 || metric.Scale != 1 || metric.Unit is not null)
        {
            problems.Add(at, "the value of a state set is one of its states; it has no map, scale or unit");
        }
    }
}
