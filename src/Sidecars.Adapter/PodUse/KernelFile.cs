using System.Globalization;

namespace Sidecars.Adapter.PodUse;

/// <summary>The kernel's own small text files. One that is missing, or says something else, says nothing.</summary>
internal static class KernelFile
{
    private static readonly char[] Blanks = [' ', '\t', ':'];

    /// <summary>The lines; none where there is no such file.</summary>
    public static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The number that is the whole file; null for another word, as max.</summary>
    public static double? OnlyNumber(string path) => Lines(path) is [var line, ..] ? Number(line) : null;

    public static double? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Lines of a name and a number.</summary>
    public static Dictionary<string, double> Table(string path)
    {
        var table = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in Lines(path))
        {
            if (line.IndexOfAny(Blanks) is > 0 and var at && Number(line.AsSpan(at + 1)) is { } number)
            {
                table[line[..at]] = number;
            }
        }

        return table;
    }

    /// <summary>A number of a table, multiplied; null where it is not there.</summary>
    public static double? Of(this Dictionary<string, double> table, string name, double scale = 1) => table.TryGetValue(name, out var value) ? value * scale : null;
}
