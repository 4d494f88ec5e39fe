using Sidecars.Adapter.Extraction;
using Sidecars.Common.Configuration;
using Sidecars.Common.Expressions;

namespace Sidecars.Adapter.Options;

/// <summary>Checks one metric of an input.</summary>
internal sealed class MetricValidation(string at, MetricOptions metric, InputOptions input, Extractor? extractor, ProblemList problems, LimitsOptions limits)
{
    /// <summary>The most buckets of a histogram: each is a line of the page for each series.</summary>
    private const int MostBuckets = 100;

    public void Run(MetricRegistryCheck metrics)
    {
        if (metric.Given.ToList() is not [var (kind, name)])
        {
            problems.Add(at, "a metric has exactly one of counter, gauge, histogram, summary, info, state_set and untyped, with its name");
            return;
        }

        MetricLint.CheckName(kind, name, $"{at}.{kind}", problems);
        CheckWhen();
        CheckValue(kind);
        CheckLabels(kind);
        CheckBuckets(kind);
        new KindValidation(at, metric, input.IsPage, problems).Run(kind, name);
        CheckUnitAndExemplar(kind, name);
        metrics.Add(kind, name, metric, input.IsPage, $"{at}.{kind}");
    }

    private void CheckValue(string kind)
    {
        if (metric.Map.Count > 0 && (metric.Value is null || metric.Scale != 1))
        {
            problems.Add($"{at}.map", "a map gives numbers for the words of a value; it needs value and excludes scale");
        }

        if (metric.Value is { } value)
        {
            CheckFields(value);
        }
        else if (kind != "info" && (kind != "counter" || input.IsPage))
        {
            problems.Add(at, $"value is missing: the field with the {kind}'s value{Fields()}");
        }

        if (kind is "histogram" or "summary" && input.IsPage)
        {
            problems.Add($"{at}.{kind}", $"a {kind} counts the lines of a log; a page has one value at a time: use a gauge");
        }
    }

    private void CheckFields(string value)
    {
        if (!input.IsReckoned(value))
        {
            CheckField(value, $"{at}.value");
            return;
        }

        if (!Arithmetic.TryCompile(value, out var arithmetic, out var error))
        {
            problems.Add($"{at}.value", error.ToString());
            return;
        }

        foreach (var field in arithmetic.Fields)
        {
            CheckField(field, $"{at}.value");
        }

        if (metric.Map.Count > 0)
        {
            problems.Add($"{at}.map", "a map gives numbers for the words of one field; a value that is reckoned has none");
        }
    }

    private void CheckLabels(string kind)
    {
        for (var i = 0; i < metric.Labels.Count; i++)
        {
            var label = metric.Labels[i];
            MetricLint.CheckLabel(kind, label.Name, $"{at}.labels[{i}]", problems);
            foreach (var field in new LabelValidation($"{at}.labels[{i}]", label, input.Unsafe, problems, limits).Run())
            {
                CheckField(field, $"{at}.labels[{i}]");
            }

            if (metric.Labels.Take(i).Any(earlier => earlier.Name == label.Name))
            {
                problems.Add($"{at}.labels[{i}]", $"the label {label.Name} is there already");
            }
        }

        foreach (var (label, values) in metric.Allow)
        {
            CheckAllowed(label, values, $"{at}.allow.{label}");
        }
    }

    private void CheckAllowed(string label, List<string> values, string key)
    {
        if (metric.Labels.All(known => known.Name != label))
        {
            problems.Add(key, $"the metric has no label {label}; its labels: {string.Join(", ", metric.Labels.Select(known => known.Name))}");
        }

        if (values.Count == 0)
        {
            problems.Add(key, $"no value is allowed, so all would be '{limits.Overflow}'; list the values, or leave the label out");
        }
        else if (values.Any(value => value.Length > limits.LabelBytes || value.Any(char.IsControl)))
        {
            problems.Add(key, $"a value has at most limits.label_bytes ({limits.LabelBytes}) characters and no control characters");
        }
    }

    private void CheckBuckets(string kind)
    {
        if (metric.Buckets.Count == 0)
        {
            return;
        }

        if (kind != "histogram")
        {
            problems.Add($"{at}.buckets", "only a histogram has buckets");
        }
        else if (metric.Buckets.Count > MostBuckets)
        {
            problems.Add($"{at}.buckets", $"{metric.Buckets.Count} buckets; at most {MostBuckets} are allowed");
        }

        for (var i = 1; i < metric.Buckets.Count; i++)
        {
            if (metric.Buckets[i] <= metric.Buckets[i - 1])
            {
                problems.Add($"{at}.buckets[{i}]", "the bounds must increase");
            }
        }
    }

    private void CheckUnitAndExemplar(string kind, string name)
    {
        if (metric.Unit is { } unit)
        {
            CheckUnit(unit, name);
        }

        if (metric.Exemplar is not { } exemplar)
        {
            return;
        }

        MetricLint.CheckLabel(kind, exemplar.Name, $"{at}.exemplar", problems);
        CheckField(exemplar.Field, $"{at}.exemplar");
        if (exemplar.Shape is not null)
        {
            problems.Add($"{at}.exemplar", "an exemplar is a field as it stands: { label: field }");
        }

        if (kind is not ("counter" or "histogram") || input.IsPage)
        {
            problems.Add($"{at}.exemplar", "only counters and histograms of a log have exemplars");
        }
    }

    private void CheckWhen()
    {
        if (metric.When is not { } when)
        {
            return;
        }

        if (!Expression.TryCompile(when, out var expression, out var error))
        {
            problems.Add($"{at}.when", error.ToString());
            return;
        }

        foreach (var field in expression.Fields)
        {
            CheckField(field, $"{at}.when");
        }
    }

    private void CheckUnit(string unit, string name)
    {
        if (UnitConversion.Find(unit, out var mistake) is null)
        {
            problems.Add($"{at}.unit", mistake);
            return;
        }

        MetricLint.CheckUnit(UnitConversion.Target(unit), name, $"{at}.unit", problems);
        if (UnitConversion.IsMeant(unit) && (metric.Scale != 1 || metric.Map.Count > 0 || metric.Value is null))
        {
            problems.Add($"{at}.unit", "a value comes to its unit by unit or by scale, and words by map; give one of them, and value");
        }
    }

    private void CheckField(string field, string key)
    {
        if (extractor is not null && extractor.IndexOf(field) < 0)
        {
            problems.Add(key, extractor is DocumentExtractor ? $"'{field}' cannot name a field of such a page" : $"the format has no {field}{Fields()}");
        }
    }

    private string Fields()
    {
        var known = extractor switch
        {
            FormatExtractor format => format.Fields,
            ParseExtractor parse => parse.Known,
            _ => [],
        };
        return known.Count == 0 ? "" : $"; its fields: {string.Join(", ", known.Distinct())}";
    }
}
