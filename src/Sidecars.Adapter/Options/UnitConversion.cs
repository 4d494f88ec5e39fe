namespace Sidecars.Adapter.Options;

/// <summary>How a number comes to the unit of its metric. It divides where that keeps 3 ms at .003 s to the last bit.</summary>
/// <param name="Factor">What it is multiplied with.</param>
/// <param name="Divisor">What it is then divided by.</param>
/// <param name="Before">What is added to it before.</param>
internal sealed record UnitConversion(double Factor = 1, double Divisor = 1, double Before = 0)
{
    private const string Arrow = "->";

    private static readonly Dictionary<string, (string Base, UnitConversion Conversion)> Units = new(StringComparer.Ordinal)
    {
        ["ns"] = ("seconds", Part(1e9)),
        ["nanoseconds"] = ("seconds", Part(1e9)),
        ["us"] = ("seconds", Part(1e6)),
        ["microseconds"] = ("seconds", Part(1e6)),
        ["ms"] = ("seconds", Part(1e3)),
        ["milliseconds"] = ("seconds", Part(1e3)),
        ["s"] = ("seconds", Times(1)),
        ["seconds"] = ("seconds", Times(1)),
        ["minutes"] = ("seconds", Times(60)),
        ["hours"] = ("seconds", Times(3600)),
        ["days"] = ("seconds", Times(86400)),
        ["bits"] = ("bytes", Part(8)),
        ["bytes"] = ("bytes", Times(1)),
        ["kb"] = ("bytes", Times(1e3)),
        ["mb"] = ("bytes", Times(1e6)),
        ["gb"] = ("bytes", Times(1e9)),
        ["tb"] = ("bytes", Times(1e12)),
        ["kib"] = ("bytes", Times(1L << 10)),
        ["mib"] = ("bytes", Times(1L << 20)),
        ["gib"] = ("bytes", Times(1L << 30)),
        ["tib"] = ("bytes", Times(1L << 40)),
        ["percent"] = ("ratio", Part(100)),
        ["celsius"] = ("celsius", Times(1)),
        ["kelvin"] = ("celsius", new(Before: -273.15)),
        ["fahrenheit"] = ("celsius", new(5, 9, -32)),
        ["mm"] = ("meters", Part(1000)),
        ["km"] = ("meters", Times(1000)),
        ["mv"] = ("volts", Part(1000)),
        ["ma"] = ("amperes", Part(1000)),
        ["wh"] = ("joules", Times(3600)),
        ["kwh"] = ("joules", Times(3_600_000)),
        ["mg"] = ("grams", Part(1000)),
        ["kg"] = ("grams", Times(1000)),
    };

    /// <summary>Whether a unit says what the values are in before: <c>ms -> seconds</c>.</summary>
    public static bool IsMeant(string unit) => unit.Contains(Arrow, StringComparison.Ordinal);

    /// <summary>The unit of the metric, of a unit as it is written.</summary>
    public static string Target(string unit) => unit[(IsMeant(unit) ? unit.IndexOf(Arrow, StringComparison.Ordinal) + Arrow.Length : 0)..].Trim();

    /// <summary>The conversion; null with the mistake where there is none.</summary>
    public static UnitConversion? Find(string unit, out string mistake)
    {
        mistake = "";
        if (!IsMeant(unit))
        {
            return Times(1);
        }

        var (from, to) = (unit[..unit.IndexOf(Arrow, StringComparison.Ordinal)].Trim(), Target(unit));
        if (Units.TryGetValue(from, out var known) && known.Base == to)
        {
            return known.Conversion;
        }

        mistake = known.Base is null
            ? $"'{from}' is no unit that is known here; units: {string.Join(", ", Units.Keys)}; or use scale"
            : $"{from} come to {known.Base}, not to {to}; write {from} -> {known.Base}";
        return null;
    }

    public double Apply(double number) => (number + Before) * Factor / Divisor;

    private static UnitConversion Times(double factor) => new(Factor: factor);

    private static UnitConversion Part(double divisor) => new(Divisor: divisor);
}
