namespace Sidecars.Common.Parsing;

/// <summary>Text in double quotes within which a backslash escapes.</summary>
internal static class QuotedText
{
    /// <summary>How long the text is that begins behind the opening quote and ends before the closing one; -1 when it is not closed.</summary>
    public static int Length(ReadOnlySpan<byte> text, out bool isEscaped)
    {
        isEscaped = false;
        for (var at = 0; at < text.Length;)
        {
            var stop = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0)
            {
                return -1;
            }

            at += stop;
            if (text[at] == '"')
            {
                return at;
            }

            isEscaped = true;
            at += 2;
        }

        return -1;
    }
}
