namespace Sidecars.Common.Parsing;

/// <summary>Tells numbers in lines.</summary>
internal static class NumberText
{
    private const int MostDigits = 20;

    /// <summary>
    /// Whether a text is a number that JSON may have as it stands, without an exponent (<c>7e10</c> in a log is more often part of a
    /// hash) and not longer than numbers are (else it is an identifier).
    /// </summary>
    public static bool IsPlain(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > MostDigits)
        {
            return false;
        }

        var at = 0;
        return TrySkipMantissa(text, ref at) && at == text.Length;
    }

    /// <summary>Passes over a number as JSON has it; false, and <paramref name="at"/> where it went wrong, when there is none.</summary>
    public static bool TrySkip(ReadOnlySpan<byte> text, ref int at)
    {
        if (!TrySkipMantissa(text, ref at))
        {
            return false;
        }

        if (at == text.Length || (text[at] | 0x20) != 'e')
        {
            return true;
        }

        at++;
        if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
        {
            at++;
        }

        return SkipDigits(text, ref at) > 0;
    }

    public static int SkipDigits(ReadOnlySpan<byte> text, ref int at)
    {
        var start = at;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            at++;
        }

        return at - start;
    }

    private static bool TrySkipMantissa(ReadOnlySpan<byte> text, ref int at)
    {
        if (at < text.Length && text[at] == '-')
        {
            at++;
        }

        var leading = at < text.Length ? text[at] : default;
        var digits = SkipDigits(text, ref at);
        if (digits == 0 || (digits > 1 && leading == '0'))
        {
            return false;
        }

        if (at == text.Length || text[at] != '.')
        {
            return true;
        }

        at++;
        return SkipDigits(text, ref at) > 0;
    }
}
