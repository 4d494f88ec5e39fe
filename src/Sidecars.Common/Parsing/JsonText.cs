using System.Buffers;

namespace Sidecars.Common.Parsing;

/// <summary>
/// Passes over JSON (RFC 8259) in a line and says where it ends; what is malformed is a plain <c>false</c>. The reader of the runtime
/// answers malformed text with an exception, which costs a thousand times what a line may.
/// </summary>
internal static class JsonText
{
    public const int MostDepth = 64;

    // what a string cannot hold as it stands
    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (byte)code), (byte)'"', (byte)'\\']);

    public static void SkipBlank(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }
    }

    /// <summary>Passes over one byte, and the blanks before it.</summary>
    public static bool TrySkip(ReadOnlySpan<byte> text, byte expected, ref int at)
    {
        SkipBlank(text, ref at);
        if (at == text.Length || text[at] != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    /// <summary>Passes over a string, from its opening quote behind its closing one.</summary>
    public static bool TrySkipString(ReadOnlySpan<byte> text, ref int at, out bool isEscaped)
    {
        isEscaped = false;
        at++;
        while (true)
        {
            var stop = text[at..].IndexOfAny(StringStops);
            if (stop < 0)
            {
                at = text.Length;
                return false;
            }

            at += stop;
            if (text[at] == '"')
            {
                at++;
                return true;
            }

            if (text[at] != '\\' || !TrySkipEscape(text, ref at))
            {
                return false;
            }

            isEscaped = true;
        }
    }

    /// <summary>Passes over any value; <paramref name="kind"/> says what it is.</summary>
    public static bool TrySkipValue(ReadOnlySpan<byte> text, ref int at, int depth, out FieldKind kind)
    {
        kind = FieldKind.Text;
        if (at == text.Length)
        {
            return false;
        }

        switch (text[at])
        {
            case (byte)'"':
                return TrySkipString(text, ref at, out _);
            case (byte)'{':
            case (byte)'[':
                kind = FieldKind.Json;
                return TrySkipNested(text, ref at, depth + 1);
            case (byte)'t':
                kind = FieldKind.Boolean;
                return TrySkipWord(text, "true"u8, ref at);
            case (byte)'f':
                kind = FieldKind.Boolean;
                return TrySkipWord(text, "false"u8, ref at);
            case (byte)'n':
                kind = FieldKind.Null;
                return TrySkipWord(text, "null"u8, ref at);
            default:
                kind = FieldKind.Number;
                return NumberText.TrySkip(text, ref at);
        }
    }

    private static bool TrySkipNested(ReadOnlySpan<byte> text, ref int at, int depth)
    {
        if (depth > MostDepth)
        {
            return false;
        }

        var isObject = text[at++] == '{';
        var end = isObject ? (byte)'}' : (byte)']';
        if (TrySkip(text, end, ref at))
        {
            return true;
        }

        do
        {
            SkipBlank(text, ref at);
            if (isObject && !TrySkipKey(text, ref at))
            {
                return false;
            }

            if (!TrySkipValue(text, ref at, depth, out _))
            {
                return false;
            }
        }
        while (TrySkip(text, (byte)',', ref at));
        return TrySkip(text, end, ref at);
    }

    private static bool TrySkipKey(ReadOnlySpan<byte> text, ref int at)
    {
        if (at == text.Length || text[at] != '"' || !TrySkipString(text, ref at, out _) || !TrySkip(text, (byte)':', ref at))
        {
            return false;
        }

        SkipBlank(text, ref at);
        return true;
    }

    private static bool TrySkipEscape(ReadOnlySpan<byte> text, ref int at)
    {
        if (at + 1 >= text.Length)
        {
            return false;
        }

        if (text[at + 1] != 'u')
        {
            at += 2;
            return "\"\\/bfnrt"u8.Contains(text[at - 1]);
        }

        if (at + 6 > text.Length)
        {
            return false;
        }

        foreach (var digit in text.Slice(at + 2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        at += 6;
        return true;
    }

    private static bool TrySkipWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word, ref int at)
    {
        if (!text[at..].StartsWith(word))
        {
            return false;
        }

        at += word.Length;
        return true;
    }
}
