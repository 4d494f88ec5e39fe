using Sidecars.Adapter.Extraction;
using Sidecars.Common.Configuration;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Options;

/// <summary>Checks one input and its metrics.</summary>
internal sealed class InputValidation(string path, InputOptions input, ProblemList problems, LimitsOptions limits)
{
    public void Run(MetricRegistryCheck metrics)
    {
        if (input.Push is { } push && input.Sources.Count() == 1)
        {
            CheckPushed(push);
            return;
        }

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
            new MetricValidation($"{path}.metrics[{i}]", input.Metrics[i], input, extractor, problems, limits).Run(metrics);
        }
    }

    /// <summary>Whether inputs and modules may be called so.</summary>
    public static bool IsName(string name) => name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

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

    private void CheckPushed(PushOptions push)
    {
        var source = input.Sources.First();
        PushValidation.Check(push, $"{path}.{source}", problems);
        foreach (var key in input.NotForPushed)
        {
            problems.Add($"{path}.{key}", $"samples that are pushed have names and values of their own; leave it out, and write mappings in {source}");
        }
    }

    private void CheckSource()
    {
        if (input.Sources.Count() != 1)
        {
            problems.Add(path, "an input has one source: either tail (a log) or http (a page), file, exec, redis or memcached, or statsd, graphite, influxdb or collectd");
            return;
        }

        CheckAddressOfSource();
        LocalPageValidation.Check(input, path, problems);
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
            case { File: not null } or { Exec: not null }:
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
            problems.Add(path, $"format is missing: {(input.IsPage ? "the page's text with $names in place of the values, or stub_status; or json, xml, key_value, ini or csv" : "nginx's log_format string, or combined or main; or parse: json, logfmt and the like")}");
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
                ? "only a log's lines are parsed; a page has format, json, xml, key_value, ini or csv"
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
}
