namespace Sidecars.Adapter.Pushing;

/// <summary>Makes what was pushed fit to be a name.</summary>
internal static class MetricText
{
    private const int Longest = 256;

    /// <summary>A metric's or label's name: _ for what such a name cannot hold, and in front of a digit.</summary>
    public static string Name(string text)
    {
        text = text.Length > Longest ? text[..Longest] : text;
        var name = string.Create(text.Length, text, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        });
        return name.Length == 0 || char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }
}
