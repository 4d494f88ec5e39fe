using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>What Prometheus demands of names, and what <c>promtool check metrics</c> would complain about at every scrape.</summary>
internal static class MetricLint
{
    private static readonly string[] Reserved = ["sidecars_", "process_", "dotnet_"];

    private static readonly string[] HistogramParts = ["_bucket", "_sum", "_count", "_created"];

    // promtool's own list, by the base unit that it asks for
    private static readonly (string Unit, string Base)[] Units =
    [
        ("milliseconds", "seconds"), ("microseconds", "seconds"), ("nanoseconds", "seconds"), ("ms", "seconds"), ("minutes", "seconds"),
        ("hours", "seconds"), ("days", "seconds"), ("kilobytes", "bytes"), ("megabytes", "bytes"), ("gigabytes", "bytes"), ("kb", "bytes"),
        ("mb", "bytes"), ("gb", "bytes"), ("bits", "bytes"), ("percent", "ratio"), ("fahrenheit", "celsius"), ("kelvin", "celsius"),
    ];

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
        else if (kind is "gauge" or "histogram" && name.EndsWith("_total", StringComparison.Ordinal))
        {
            problems.Add(path, $"only a counter's name ends in _total; write {name[..^"_total".Length]}, or counter: {name}");
        }

        CheckParts(kind, name, path, problems);
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
    }

    private static void CheckParts(string kind, string name, string path, ProblemList problems)
    {
        if (HistogramParts.FirstOrDefault(part => name.EndsWith(part, StringComparison.Ordinal)) is { } part && kind != "untyped")
        {
            problems.Add(path, $"{part} ends the names of parts of a counter or histogram; choose a name without it");
        }

        var words = name.Split('_');
        foreach (var (unit, basis) in Units.Where(unit => kind != "untyped" && words.Contains(unit.Unit)))
        {
            problems.Add(path, $"Prometheus' base unit for {unit} is {basis}; give the metric in {basis} and name it so");
        }
    }

    private static bool IsUnitOf(string unit, string name) => WithoutTotal(name).EndsWith($"_{unit}", StringComparison.Ordinal);

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
}
