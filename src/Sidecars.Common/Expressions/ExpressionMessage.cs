namespace Sidecars.Common.Expressions;

/// <summary>Makes of the parser's error a sentence that says where, what stands there, what may stand there, and how to mend it.</summary>
internal static class ExpressionMessage
{
    public static ExpressionError Of(string text, int at, IEnumerable<string> expectations)
    {
        var position = Start(text, at);
        var expected = expectations.Distinct().ToList();
        var found = position < text.Length ? $"'{Excerpt(text[position..])}' cannot stand here" : "the expression ends too early";
        var wanted = expected.Count == 0 ? "" : $"; expected: {string.Join(", ", expected)}";
        return new ExpressionError(position, found + wanted + Hint(text, position));
    }

    /// <summary>Blanks are never wrong: what stands before them is.</summary>
    private static int Start(string text, int position)
    {
        if (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            while (position > 0 && !char.IsWhiteSpace(text[position - 1]) && text[position - 1] is not ('(' or '[' or ','))
            {
                position--;
            }
        }

        return position;
    }

    private static string Excerpt(string rest)
    {
        var end = rest.IndexOf(' ', StringComparison.Ordinal);
        return rest[..Math.Min(end > 0 ? end : rest.Length, 20)];
    }

    private static string Hint(string text, int position)
    {
        var rest = text[position..];
        return rest.StartsWith('=') && !rest.StartsWith("==", StringComparison.Ordinal) ? "; to compare, write =="
            : text.Count(character => character == '"') % 2 == 1 ? "; a quote is not closed"
            : rest.StartsWith("like", StringComparison.OrdinalIgnoreCase) ? "; write contains, starts_with, ends_with or =~ \"...\""
            : rest.StartsWith("AND", StringComparison.Ordinal) || rest.StartsWith("OR", StringComparison.Ordinal) ? "; and, or, not are written in small letters"
            : "";
    }
}
