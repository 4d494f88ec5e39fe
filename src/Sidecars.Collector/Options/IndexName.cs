using System.Globalization;

namespace Sidecars.Collector.Options;

/// <summary>The name of an index with at most one date in it: <c>logs-{yyyy.MM.dd}</c>.</summary>
internal sealed record IndexName(string Before, string? DateFormat, string After)
{
    /// <summary>Reads a name; false when its braces hold no date format.</summary>
    public static bool TryParse(string text, out IndexName name)
    {
        var open = text.IndexOf('{', StringComparison.Ordinal);
        var close = text.IndexOf('}', StringComparison.Ordinal);
        if (open < 0 && close < 0)
        {
            name = new IndexName(text, null, "");
            return true;
        }

        var isDate = open >= 0 && close > open + 1 && text.LastIndexOf('{') == open && text.LastIndexOf('}') == close
            && text[(open + 1)..close].All(c => c is 'y' or 'M' or 'd' or 'H' or '.' or '-' or '_')
            && close - open - 1 > 1;
        name = isDate ? new IndexName(text[..open], text[(open + 1)..close], text[(close + 1)..]) : new IndexName(text, null, "");
        return isDate;
    }

    /// <summary>Reads a name; braces without a date in them stand for themselves.</summary>
    public static IndexName Parse(string text) => TryParse(text, out var name) ? name : new IndexName(text, null, "");

    /// <summary>The text without the braces and what is between.</summary>
    public static string WithoutDate(string text) => TryParse(text, out var name) ? name.Before + name.After : text;

    /// <summary>The name for a day in UTC.</summary>
    public string For(DateTime time) =>
        DateFormat is null ? Before : Before + time.ToString(DateFormat, CultureInfo.InvariantCulture) + After;
}
