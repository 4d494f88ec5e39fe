using System.Text.RegularExpressions;
using Sidecars.Adapter.Pushing;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks where samples are pushed to and how their names are mapped.</summary>
internal static class PushValidation
{
    public static void Check(PushOptions? options, string path, ProblemList problems)
    {
        if (options is null)
        {
            return;
        }

        var unix = options.UnixPath;
        if (options.Udp is null && options.Tcp is null && unix is null && !options.HasHttp)
        {
            problems.Add(path, "nothing can be received; give udp or tcp, for example udp: 127.0.0.1:9125");
        }

        if (unix is not null && (!unix.StartsWith('/') || unix.Length > 100))
        {
            problems.Add($"{path}.unix", $"'{unix}' is not an absolute path of at most 100 characters");
        }

        if (options is CollectdOptions collectd)
        {
            CheckCollectd(collectd, path, problems);
        }

        foreach (var label in options.Labels.Keys)
        {
            MetricLint.CheckLabel("histogram", label, $"{path}.labels.{label}", problems);
        }

        CheckObserver(options.Defaults, $"{path}.defaults", problems);
        for (var i = 0; i < options.Mappings.Count; i++)
        {
            CheckMapping(options.Mappings[i], options.Defaults, $"{path}.mappings[{i}]", problems);
        }
    }

    /// <summary>Checks what several cannot have together: a name, or an address to listen on.</summary>
    public static void CheckTogether(AdapterOptions options, ProblemList problems)
    {
        var names = new HashSet<string>();
        var takenBy = new Dictionary<string, string>();
        foreach (var (name, path, push) in PushInputs.Of(options))
        {
            if (!names.Add(name))
            {
                problems.Add(path, $"{name} is the name of what the key {name} receives already; choose another");
            }

            foreach (var (key, address) in Addresses(push))
            {
                if (!takenBy.TryAdd($"{key} {address}", path))
                {
                    problems.Add($"{path}.{key}", $"{address} is taken by {takenBy[$"{key} {address}"]}; each needs an address of its own");
                }
            }
        }
    }

    private static IEnumerable<(string Key, string Address)> Addresses(PushOptions push)
    {
        var all = new (string Key, string? Address)[] { ("udp", push.Udp?.Text), ("tcp", push.Tcp?.Text), ("unix", push.UnixPath) };
        return all.Where(one => one.Address is not null).Select(one => (one.Key, one.Address!));
    }

    private static void CheckCollectd(CollectdOptions options, string path, ProblemList problems)
    {
        if (options.Udp is not null)
        {
            problems.Add($"{path}.udp", "what collectd's plugin network sends over UDP is binary and not read; use unix, tcp or http");
        }

        for (var i = 0; i < options.TypesDb.Count; i++)
        {
            CheckTypes(options.TypesDb[i], $"{path}.types_db[{i}]", problems);
        }
    }

    private static void CheckTypes(string file, string path, ProblemList problems)
    {
        InputValidation.CheckPath(file, path, problems);
        if (!file.StartsWith('/') || file.EndsWith('/'))
        {
            return;
        }

        try
        {
            CollectdTypes.Load([file]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(path, $"'{file}' cannot be read: {e.Message}; copy collectd's types.db to where the adapter sees it");
        }
    }

    private static void CheckMapping(MappingOptions mapping, MappingDefaults defaults, string path, ProblemList problems)
    {
        if (mapping.Match.Length == 0)
        {
            problems.Add($"{path}.match", "the names that the mapping is for are missing, for example app.*.requests");
        }
        else if ((mapping.MatchType ?? defaults.MatchType) == MatchKind.Regex && !IsRegex(mapping.Match))
        {
            problems.Add($"{path}.match", $"'{mapping.Match}' is not a regex that can be run without backtracking; look-around and back-references cannot");
        }

        if (mapping.Action == MappingAction.Map && (mapping.Name is not { Length: > 0 } name || !Template.IsName(name)))
        {
            problems.Add($"{path}.name", $"'{mapping.Name}' is not a metric's name; letters, digits, _ and ${{1}} are allowed, with no digit in front");
        }

        if (!(mapping.Scale > 0) || double.IsInfinity(mapping.Scale))
        {
            problems.Add($"{path}.scale", "a scale is greater than 0, for example .001");
        }

        foreach (var label in mapping.Labels.Keys)
        {
            MetricLint.CheckLabel("histogram", label, $"{path}.labels.{label}", problems);
        }

        CheckObserver(mapping, path, problems);
    }

    private static void CheckObserver(ObserverOptions options, string path, ProblemList problems)
    {
        for (var i = 1; i < options.Bounds.Count; i++)
        {
            if (options.Bounds[i] <= options.Bounds[i - 1])
            {
                problems.Add(path, "the bounds of the buckets must increase");
                break;
            }
        }

        if (options.Bounds.Count > 100)
        {
            problems.Add(path, $"{options.Bounds.Count} buckets; at most 100 are allowed");
        }

        if (options.Objectives.Any(objective => objective.Quantile is not (>= 0 and <= 1)))
        {
            problems.Add(path, "a quantile is between 0 and 1, for example 0.99");
        }
    }

    private static bool IsRegex(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
