using System.Text;

namespace Sidecars.Adapter.Pushing;

/// <summary>A text in which <c>$1</c> or <c>${1}</c> stands for what a mapping's first wildcard or group matched.</summary>
internal sealed class Template
{
    private readonly List<(string Text, int Capture)> _parts = [];

    public Template(string text)
    {
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            if (TryReference(text, at, out var capture, out var length))
            {
                _parts.Add((literal.ToString(), capture));
                literal.Clear();
                at += length;
            }
            else
            {
                literal.Append(text[at++]);
            }
        }

        _parts.Add((literal.ToString(), 0));
    }

    /// <summary>Whether a text, its references aside, can be a metric's name.</summary>
    public static bool IsName(string text)
    {
        var template = new Template(text);
        return !char.IsAsciiDigit(text[0]) && template._parts.TrueForAll(part => part.Text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or ':'));
    }

    /// <summary>The text with what was matched; a reference to a capture that is not there stands for nothing.</summary>
    public string Format(IReadOnlyList<string> captures)
    {
        var text = new StringBuilder();
        foreach (var (literal, capture) in _parts)
        {
            text.Append(literal);
            if (capture > 0 && capture <= captures.Count)
            {
                text.Append(captures[capture - 1]);
            }
        }

        return text.ToString();
    }

    private static bool IsWhole(string text, int end, bool isBraced) => !isBraced || (end < text.Length && text[end] == '}');

    private static bool TryReference(string text, int at, out int capture, out int length)
    {
        (capture, length) = (0, 0);
        if (text[at] != '$')
        {
            return false;
        }

        var isBraced = at + 1 < text.Length && text[at + 1] == '{';
        var start = at + (isBraced ? 2 : 1);
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end]) && end - start < 3)
        {
            capture = (capture * 10) + (text[end++] - '0');
        }

        length = end - at + (isBraced ? 1 : 0);
        return capture > 0 && IsWhole(text, end, isBraced);
    }
}
