using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks the pages that are merged.</summary>
internal static class MergeValidation
{
    public static void Check(AdapterOptions options, ProblemList problems)
    {
        foreach (var (name, page) in options.Prometheus)
        {
            var path = $"prometheus.{name}";
            CheckSource(page, path, problems);
            foreach (var label in page.Labels.Keys)
            {
                MetricLint.CheckLabel("histogram", label, $"{path}.labels.{label}", problems);
            }

            if (page.Labels.ContainsKey("quantile"))
            {
                problems.Add($"{path}.labels.quantile", "quantile is the label of a summary's own parts; choose another");
            }

            if (page.Prefix.Length > 0 && (char.IsAsciiDigit(page.Prefix[0]) || !page.Prefix.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or ':')))
            {
                problems.Add($"{path}.prefix", $"'{page.Prefix}' cannot begin a metric's name; letters, digits and _ are allowed, with no digit in front");
            }

            if (options.Inputs.ContainsKey(name))
            {
                problems.Add(path, $"there is an input of the name {name}; choose another, as figures tell them by it");
            }
        }
    }

    private static void CheckSource(MergeOptions page, string path, ProblemList problems)
    {
        if ((page.Url is null) == (page.Files is null))
        {
            problems.Add(path, "either url (a page) or files is expected, for example url: http://127.0.0.1:8081/metrics");
        }

        if (page.Url is { } url)
        {
            InputValidation.CheckAddress(url, $"{path}.url", problems);
        }

        if (page.Files is { } files)
        {
            InputValidation.CheckPath(files, $"{path}.files", problems);
        }
        else if (page.MaxAge is not null)
        {
            problems.Add($"{path}.max_age", "only files have an age; leave it out");
        }
    }
}
