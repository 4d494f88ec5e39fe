using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Sidecars.Collector.Shaping;

/// <summary>Regular expressions of the configuration, whose time is in proportion to the text, whatever the pattern.</summary>
internal static class SafePattern
{
    public static bool TryCompile(string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? error)
    {
        (regex, error) = (null, null);
        try
        {
            regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (ArgumentException exception)
        {
            error = $"no regular expression: {exception.Message}";
        }
        catch (NotSupportedException)
        {
            error = "this regular expression looks ahead, looks behind or refers back, which cannot be done in bounded time; write it without";
        }

        return false;
    }
}
