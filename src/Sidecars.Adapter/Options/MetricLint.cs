using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>What Prometheus demands of names, and what <c>promtool check metrics</c> would complain about at every scrape.</summary>
internal static class MetricLint
{
    private const string InfoEnd = "_info";

    private static readonly string[] Reserved = ["sidecars_", "process_", "dotnet_"];

    private static readonly string[] HistogramParts = ["_bucket", "_sum", "_count", "_created"];

    // promtool's own list, by the base unit that it asks for
    private static readonly (string Unit, string Base)[] Units =
    [
        ("milliseconds", "seconds"), ("microseconds", "seconds"), ("nanoseconds", "seconds"), ("ms", "seconds"), ("minutes", "seconds"),
        ("hours", "seconds"), ("days", "seconds"), ("kilobytes", "bytes"), ("megabytes", "bytes"), ("gigabytes", "bytes"), ("kb", "bytes"),
        ("mb", "bytes"), ("gb", "bytes"), ("tb", "bytes"), ("pb", "bytes"), ("b", "bytes"), ("bits", "bytes"), ("us", "seconds"), ("ns", "seconds"),
        ("s", "seconds"), ("sec", "seconds"), ("h", "seconds"), ("d", "seconds"), ("weeks", "seconds"), ("percent", "ratio"),
        ("fahrenheit", "celsius"), ("kelvin", "celsius"), ("rankine", "celsius"), ("inches", "meters"), ("yards", "meters"), ("miles", "meters"),
        ("calories", "joules"), ("pounds", "grams"), ("ounces", "grams"),
    ];

    private static readonly string[] Types = ["counter", "gauge", "histogram", "summary"];

    private static readonly string[] BaseUnits = ["seconds", "bytes", "ratio", "celsius", "meters", "volts", "amperes", "joules", "grams"];

    /// <summary>The base unit that a name ends in, before <c>_total</c>; empty for none.</summary>
    public static string UnitOf(string name) => Array.Find(BaseUnits, unit => IsUnitOf(unit, name)) ?? "";

    /// <summary>Whether a name begins as those of the adapter's own figures.</summary>
    public static bool IsReserved(string name) => Array.Exists(Reserved, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether a name begins as those of figures about this very process.</summary>
    public static bool IsOfThisProcess(string name) =>
        name.StartsWith("sidecars_adapter_", StringComparison.Ordinal) || (IsReserved(name) && !name.StartsWith("sidecars_", StringComparison.Ordinal));

    public static void CheckUnit(string unit, string name, string path, ProblemList problems)
    {
        if (!IsName(unit) || !IsUnitOf(unit, name))
        {
            problems.Add(path, $"a metric's name ends in its unit; call it {WithoutTotal(name)}_{unit}{(WithoutTotal(name) == name ? "" : "_total")}, or leave the unit out");
        }
    }

    public static string WithoutTotal(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;

    public static string WithoutInfo(string name) => name.EndsWith(InfoEnd, StringComparison.Ordinal) ? name[..^InfoEnd.Length] : name;

    public static void CheckName(string kind, string name, string path, ProblemList problems)
    {
        if (!IsName(name))
        {
            problems.Add(path, $"'{name}' is not a metric's name; letters, digits and _ are allowed, with no digit in front");
            return;
        }

        if (Reserved.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix)
        {
            problems.Add(path, $"names that begin with {prefix} are the adapter's own; choose another");
        }

        if (kind == "counter" && !name.EndsWith("_total", StringComparison.Ordinal))
        {
            problems.Add(path, $"a counter's name ends in _total; write {name}_total, or untyped: {name} where the name is given");
        }
        else if (kind is not ("counter" or "untyped") && name.EndsWith("_total", StringComparison.Ordinal))
        {
            problems.Add(path, $"only a counter's name ends in _total; write {name[..^"_total".Length]}, or counter: {name}");
        }

        if (kind == "info" && !name.EndsWith(InfoEnd, StringComparison.Ordinal))
        {
            problems.Add(path, $"an info's name ends in _info; write {name}_info");
        }

        CheckParts(kind, name, path, problems);
        CheckWords(kind, name, path, problems);
    }

    public static void CheckLabel(string kind, string name, string path, ProblemList problems)
    {
        if (!IsName(name) || name.StartsWith("__", StringComparison.Ordinal))
        {
            problems.Add(path, $"'{name}' is not a label's name; letters, digits and _ are allowed, with no digit and not __ in front");
        }
        else if (kind == "histogram" && name == "le")
        {
            problems.Add(path, "le is the label of the buckets themselves; choose another, for example { size: le }");
        }
        else if (kind == "summary" && name == "quantile")
        {
            problems.Add(path, "quantile is the label of the quantiles themselves; choose another, for example { part: quantile }");
        }
        else if (kind != "untyped" && name is "le" or "quantile")
        {
            problems.Add(path, $"{name} is a label of {(name == "le" ? "buckets" : "summaries")} alone; choose another, for example {{ size: {name} }}");
        }
        else if (IsCamelCase(name))
        {
            problems.Add(path, $"names are written in small letters with _ between words; write {Snake(name)}");
        }
    }

    private static void CheckParts(string kind, string name, string path, ProblemList problems)
    {
        if (HistogramParts.FirstOrDefault(part => name.EndsWith(part, StringComparison.Ordinal)) is { } part && kind != "untyped")
        {
            problems.Add(path, $"{part} ends the names of parts of a counter or histogram; choose a name without it");
        }
    }

    private static void CheckWords(string kind, string name, string path, ProblemList problems)
    {
        if (kind == "untyped")
        {
            return; // as others named it
        }

        var words = name.Split('_');
        foreach (var (unit, basis) in Units.Where(unit => words.Skip(1).Contains(unit.Unit)))
        {
            problems.Add(path, $"Prometheus' base unit for {unit} is {basis}; give the metric in {basis} and name it so");
        }

        if (Types.FirstOrDefault(type => words.Skip(1).Contains(type)) is { } type)
        {
            problems.Add(path, $"a name does not say its type; leave {type} out");
        }

        if (IsCamelCase(name))
        {
            problems.Add(path, $"names are written in small letters with _ between words; write {Snake(name)}");
        }
    }

    private static bool IsCamelCase(string name) => name.Zip(name.Skip(1)).Any(pair => char.IsAsciiLetterLower(pair.First) && char.IsAsciiLetterUpper(pair.Second));

    private static string Snake(string name) => string.Concat(
        name.Select((letter, i) => i > 0 && char.IsAsciiLetterUpper(letter) && char.IsAsciiLetterLower(name[i - 1]) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    private static bool IsUnitOf(string unit, string name) => WithoutTotal(name).EndsWith($"_{unit}", StringComparison.Ordinal);

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
}
