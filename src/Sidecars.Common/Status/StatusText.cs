using System.Globalization;

namespace Sidecars.Common.Status;

/// <summary>How people read values: three digits are enough, with the unit that fits.</summary>
internal static class StatusText
{
    public const string Nothing = "–";
    private const double Kilo = 1000;
    private const double Kibi = 1024;
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    private static readonly string[] Decimal = ["", "k", "M", "G", "T", "P"];

    public static string Of(StatusValue value) => value.Kind switch
    {
        StatusKind.None => Nothing,
        StatusKind.Text or StatusKind.State => value.Words,
        _ when double.IsNaN(value.Number) => Nothing,
        StatusKind.Bytes => Scaled(value.Number, Kibi, Binary, " ") + PerSecond(value),
        StatusKind.Seconds => Duration(value.Number),
        StatusKind.Ratio => Digits(value.Number * 100) + " %",
        StatusKind.Time => Moment(value.Number),
        _ => Number(value) + PerSecond(value),
    };

    /// <summary>As RFC 3339 has it, in UTC.</summary>
    public static string Moment(double seconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Duration(double seconds) => seconds switch
    {
        0 => "0 s",
        < 0.001 => Digits(seconds * 1e6) + " µs",
        < 1 => Digits(seconds * 1e3) + " ms",
        < 60 => Digits(seconds) + " s",
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min {(int)seconds % 60} s"),
        < 86400 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {(int)(seconds / 60) % 60} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)(seconds / 86400)} d {(int)(seconds / 3600) % 24} h"),
    };

    /// <summary>A count to its last digit, as it is compared with others; a rate as it fits.</summary>
    private static string Number(StatusValue value) => value.IsRate
        ? Scaled(value.Number, Kilo, Decimal, " ").TrimEnd()
        : value.Number.ToString("#,##0.##", CultureInfo.InvariantCulture);

    private static string PerSecond(StatusValue value) => value.IsRate ? "/s" : "";

    private static string Scaled(double number, double step, string[] units, string space)
    {
        var unit = 0;
        while (Math.Abs(number) >= step && unit < units.Length - 1)
        {
            number /= step;
            unit++;
        }

        return Digits(number) + space + units[unit];
    }

    private static string Digits(double number) => number.ToString(
        Math.Abs(number) switch { >= 100 => "0", >= 10 => "0.#", _ => "0.##" },
        CultureInfo.InvariantCulture);
}
