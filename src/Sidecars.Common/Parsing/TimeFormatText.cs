using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sidecars.Common.Parsing;

/// <summary>Reads the formats of timestamps as users write them: as <c>strftime</c> has it (<c>%Y-%m-%d</c>) or as .NET and Java do (<c>yyyy-MM-dd</c>).</summary>
internal static class TimeFormatText
{
    private static readonly Dictionary<char, string> Shorthands = new()
    {
        ['F'] = "%Y-%m-%d",
        ['T'] = "%H:%M:%S",
        ['R'] = "%H:%M",
        ['D'] = "%m/%d/%y",
    };

    private static readonly Dictionary<char, TimePart> Strftime = new()
    {
        ['Y'] = TimePart.Year,
        ['y'] = TimePart.ShortYear,
        ['m'] = TimePart.Month,
        ['d'] = TimePart.Day,
        ['e'] = TimePart.Day,
        ['H'] = TimePart.Hour,
        ['k'] = TimePart.Hour,
        ['I'] = TimePart.Hour12,
        ['l'] = TimePart.Hour12,
        ['M'] = TimePart.Minute,
        ['S'] = TimePart.Second,
        ['b'] = TimePart.MonthName,
        ['B'] = TimePart.MonthName,
        ['h'] = TimePart.MonthName,
        ['a'] = TimePart.WeekdayName,
        ['A'] = TimePart.WeekdayName,
        ['p'] = TimePart.AmPm,
        ['P'] = TimePart.AmPm,
        ['f'] = TimePart.Fraction,
        ['L'] = TimePart.Fraction,
        ['N'] = TimePart.Fraction,
        ['z'] = TimePart.Offset,
        ['Z'] = TimePart.Offset,
    };

    private static readonly Dictionary<string, TimePart> DotNet = new(StringComparer.Ordinal)
    {
        ["yyyy"] = TimePart.Year,
        ["yy"] = TimePart.ShortYear,
        ["MMMM"] = TimePart.MonthName,
        ["MMM"] = TimePart.MonthName,
        ["MM"] = TimePart.Month,
        ["M"] = TimePart.Month,
        ["dd"] = TimePart.Day,
        ["d"] = TimePart.Day,
        ["HH"] = TimePart.Hour,
        ["H"] = TimePart.Hour,
        ["hh"] = TimePart.Hour12,
        ["h"] = TimePart.Hour12,
        ["mm"] = TimePart.Minute,
        ["m"] = TimePart.Minute,
        ["ss"] = TimePart.Second,
        ["s"] = TimePart.Second,
        ["ddd"] = TimePart.WeekdayName,
        ["dddd"] = TimePart.WeekdayName,
        ["EEE"] = TimePart.WeekdayName,
        ["EEEE"] = TimePart.WeekdayName,
        ["tt"] = TimePart.AmPm,
        ["a"] = TimePart.AmPm,
        ["K"] = TimePart.Offset,
        ["z"] = TimePart.Offset,
        ["zz"] = TimePart.Offset,
        ["zzz"] = TimePart.Offset,
        ["Z"] = TimePart.Offset,
        ["X"] = TimePart.Offset,
        ["XX"] = TimePart.Offset,
        ["XXX"] = TimePart.Offset,
    };

    public static bool TryRead(string format, [NotNullWhen(true)] out List<TimeElement>? elements, [NotNullWhen(false)] out string? error)
    {
        elements = [];
        error = format.Contains('%', StringComparison.Ordinal) ? ReadStrftime(format, elements) : ReadDotNet(format, elements);
        error ??= elements.Any(element => element.Part is TimePart.Hour or TimePart.Hour12)
            ? null
            : $"'{format}' has no hour; use a known word or a format such as %Y-%m-%d %H:%M:%S or yyyy-MM-dd HH:mm:ss";
        return error is null;
    }

    private static string? ReadStrftime(string format, List<TimeElement> elements)
    {
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                AddLiteral(format[at].ToString(), elements);
                continue;
            }

            at++;
            var code = at < format.Length ? format[at] : default;
            if (Strftime.TryGetValue(code, out var part))
            {
                elements.Add(new TimeElement(part));
            }
            else if (Shorthands.TryGetValue(code, out var longer))
            {
                ReadStrftime(longer, elements);
            }
            else if (code == '%')
            {
                AddLiteral("%", elements);
            }
            else
            {
                return $"'{format}': %{code} is not supported; supported are {string.Join(' ', Strftime.Keys.Concat(Shorthands.Keys).Select(key => "%" + key))}";
            }
        }

        return null;
    }

    private static string? ReadDotNet(string format, List<TimeElement> elements)
    {
        for (var at = 0; at < format.Length;)
        {
            var character = format[at];
            if (character is '\'' or '"')
            {
                var end = format.IndexOf(character, at + 1);
                if (end < 0)
                {
                    return $"'{format}': the text that begins with {character} is not closed";
                }

                AddLiteral(format[(at + 1)..end], elements);
                at = end + 1;
            }
            else if (!char.IsAsciiLetter(character) || character == 'T')
            {
                AddLiteral(character.ToString(), elements);
                at++;
            }
            else if (!TryAddRun(format, ref at, elements, out var error))
            {
                return error;
            }
        }

        return null;
    }

    private static bool TryAddRun(string format, ref int at, List<TimeElement> elements, out string? error)
    {
        var start = at;
        while (at < format.Length && format[at] == format[start])
        {
            at++;
        }

        var run = format[start..at];
        error = null;
        if (DotNet.TryGetValue(run, out var part))
        {
            elements.Add(new TimeElement(part));
        }
        else if (run[0] is 'f' or 'F' or 'S')
        {
            elements.Add(new TimeElement(TimePart.Fraction));
        }
        else
        {
            error = $"'{format}': {run} is not supported; supported are {string.Join(' ', DotNet.Keys)}, f and S for fractions, and text in quotes";
        }

        return error is null;
    }

    private static void AddLiteral(string text, List<TimeElement> elements) =>
        elements.AddRange(Encoding.UTF8.GetBytes(text).Select(literal => new TimeElement(TimePart.Literal, literal)));
}
