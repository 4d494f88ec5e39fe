using Sidecars.Adapter.Extraction;
using Sidecars.Common.Configuration;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Options;

/// <summary>Checks one input and its metrics.</summary>
internal sealed class InputValidation(string path, InputOptions input, ProblemList problems, LimitsOptions limits)
{
    /// <summary>The most buckets of a histogram: each is a line of the page for each series.</summary>
    private const int MostBuckets = 100;

    public void Run(MetricRegistryCheck metrics)
    {
        CheckSource();
        var extractor = CheckFormat();
        if (input.Up is { } up)
        {
            MetricLint.CheckName("gauge", up, $"{path}.up", problems);
            metrics.AddUp(up, $"{path}.up");
        }

        if (input.Metrics.Count == 0 && input.Up is null)
        {
            problems.Add(path, "the input makes nothing; add metrics");
        }

        for (var i = 0; i < input.Metrics.Count; i++)
        {
            CheckMetric(input.Metrics[i], $"{path}.metrics[{i}]", extractor, metrics);
        }
    }

    public static void CheckAddress(string address, string path, ProblemList problems)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            problems.Add(path, $"'{address}' is not an address; write http://host:port/path");
        }
    }

    public static void CheckPath(string file, string path, ProblemList problems)
    {
        if (!file.StartsWith('/'))
        {
            problems.Add(path, $"'{file}' is not an absolute path; write it from the root, for example /var/log/nginx/access.log");
        }
        else if (file.EndsWith('/'))
        {
            problems.Add(path, $"'{file}' is a folder; name files in it, for example {file}*.log");
        }
    }

    public static void CheckLogFormat(string text, string path, ProblemList problems)
    {
        if (!LogFormat.TryCompile(text, out _, out var error))
        {
            problems.Add(path, error.ToString());
        }
    }

    private void CheckSource()
    {
        if (input.Sources.Count() != 1)
        {
            problems.Add(path, "an input has one source: either tail (a log) or http (a page), redis or memcached");
            return;
        }

        CheckAddressOfSource();
        if (!input.IsPage && input.Up is not null)
        {
            problems.Add($"{path}.up", "only a page (http) can be up or down; leave it out for a log");
        }

        if (!input.IsPage && input.Interval is not null)
        {
            problems.Add($"{path}.interval", "a log is read as it is written; only a page is asked for at an interval");
        }
    }

    private void CheckAddressOfSource()
    {
        switch (input)
        {
            case { Tail: { } tail }:
                CheckPath(tail, $"{path}.tail", problems);
                break;
            case { Http: { } http }:
                CheckAddress(http, $"{path}.http", problems);
                break;
            default:
                var (key, server) = input.Redis is { } redis ? ("redis", redis) : ("memcached", input.Memcached!);
                if (!Uri.TryCreate($"tcp://{server}", UriKind.Absolute, out var uri) || uri.Port <= 0 || uri.PathAndQuery.Length > 1)
                {
                    problems.Add($"{path}.{key}", $"'{server}' is not an address; write host:port");
                }

                break;
        }
    }

    private Extractor? CheckFormat()
    {
        var forms = input.Forms.ToList();
        if (forms.Count == 0)
        {
            problems.Add(path, $"format is missing: {(input.IsPage ? "the page's text with $names in place of the values, or stub_status; or json, xml, key_value or csv" : "nginx's log_format string, or combined or main; or parse: json, logfmt and the like")}");
            return null;
        }

        if (forms.Count > 1)
        {
            problems.Add($"{path}.{forms[1]}", $"a text has one form; it is {forms[0]} already");
            return null;
        }

        if (input.IsPage ? forms[0] == "parse" : forms[0] is not ("format" or "parse"))
        {
            problems.Add($"{path}.{forms[0]}", input.IsPage
                ? "only a log's lines are parsed; a page has format, json, xml, key_value or csv"
                : "only pages are of this form; a log's lines are taken apart by format or parse");
            return null;
        }

        var extractor = ExtractorFactory.Create(input, out var key, out var mistake);
        if (extractor is null)
        {
            problems.Add($"{path}.{key}", mistake);
        }

        return extractor;
    }

    private void CheckMetric(MetricOptions metric, string at, Extractor? extractor, MetricRegistryCheck metrics)
    {
        if (metric.Given.ToList() is not [var (kind, name)])
        {
            problems.Add(at, "a metric has exactly one of counter, gauge, histogram and untyped, with its name");
            return;
        }

        MetricLint.CheckName(kind, name, $"{at}.{kind}", problems);
        CheckValue(metric, kind, at, extractor);
        CheckLabels(metric, kind, at, extractor);
        CheckBuckets(metric, kind, at);
        CheckUnitAndExemplar(metric, kind, name, at, extractor);
        metrics.Add(kind, name, metric, input.IsPage, $"{at}.{kind}");
    }

    private void CheckValue(MetricOptions metric, string kind, string at, Extractor? extractor)
    {
        if (metric.Map.Count > 0 && (metric.Value is null || metric.Scale != 1))
        {
            problems.Add($"{at}.map", "a map gives numbers for the words of a value; it needs value and excludes scale");
        }

        if (metric.Value is { } value)
        {
            CheckField(value, $"{at}.value", extractor);
        }
        else if (kind != "counter" || input.IsPage)
        {
            problems.Add(at, $"value is missing: the field with the {kind}'s value{Fields(extractor)}");
        }

        if (kind == "histogram" && input.IsPage)
        {
            problems.Add($"{at}.histogram", "a histogram counts the lines of a log; a page has one value at a time: use a gauge");
        }
    }

    private void CheckLabels(MetricOptions metric, string kind, string at, Extractor? extractor)
    {
        for (var i = 0; i < metric.Labels.Count; i++)
        {
            var label = metric.Labels[i];
            MetricLint.CheckLabel(kind, label.Name, $"{at}.labels[{i}]", problems);
            CheckField(label.Field, $"{at}.labels[{i}]", extractor);
            if (metric.Labels.Take(i).Any(earlier => earlier.Name == label.Name))
            {
                problems.Add($"{at}.labels[{i}]", $"the label {label.Name} is there already");
            }
        }

        foreach (var (label, values) in metric.Allow)
        {
            CheckAllowed(metric, label, values, $"{at}.allow.{label}");
        }
    }

    private void CheckAllowed(MetricOptions metric, string label, List<string> values, string at)
    {
        if (metric.Labels.All(known => known.Name != label))
        {
            problems.Add(at, $"the metric has no label {label}; its labels: {string.Join(", ", metric.Labels.Select(known => known.Name))}");
        }

        if (values.Count == 0)
        {
            problems.Add(at, $"no value is allowed, so all would be '{limits.Overflow}'; list the values, or leave the label out");
        }
        else if (values.Any(value => value.Length > limits.LabelBytes || value.Any(char.IsControl)))
        {
            problems.Add(at, $"a value has at most limits.label_bytes ({limits.LabelBytes}) characters and no control characters");
        }
    }

    private void CheckBuckets(MetricOptions metric, string kind, string at)
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

    private void CheckUnitAndExemplar(MetricOptions metric, string kind, string name, string at, Extractor? extractor)
    {
        if (metric.Unit is { } unit)
        {
            MetricLint.CheckUnit(unit, name, $"{at}.unit", problems);
        }

        if (metric.Exemplar is not { } exemplar)
        {
            return;
        }

        MetricLint.CheckLabel(kind, exemplar.Name, $"{at}.exemplar", problems);
        CheckField(exemplar.Field, $"{at}.exemplar", extractor);
        if (kind is not ("counter" or "histogram") || input.IsPage)
        {
            problems.Add($"{at}.exemplar", "only counters and histograms of a log have exemplars");
        }
    }

    private void CheckField(string field, string at, Extractor? extractor)
    {
        if (extractor is not null && extractor.IndexOf(field) < 0)
        {
            problems.Add(at, extractor is DocumentExtractor ? $"'{field}' cannot name a field of such a page" : $"the format has no {field}{Fields(extractor)}");
        }
    }

    private static string Fields(Extractor? extractor)
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
