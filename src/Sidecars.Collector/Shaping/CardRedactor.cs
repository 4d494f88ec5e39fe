namespace Sidecars.Collector.Shaping;

/// <summary>Card numbers: 13 to 19 digits, also with single blanks or dashes between, whose check digit (Luhn, ISO/IEC 7812-1) is right.</summary>
internal sealed class CardRedactor : Redactor
{
    private const int Fewest = 13;
    private const int Most = 19;

    public override int Find(ReadOnlySpan<byte> text, int from, out int length)
    {
        while (from < text.Length)
        {
            var start = text[from..].IndexOfAnyInRange((byte)'0', (byte)'9');
            if (start < 0)
            {
                break;
            }

            start += from;
            var end = End(text, start);
            if (!IsWord(text, start - 1) && !IsWord(text, end) && IsCard(text[start..end]))
            {
                length = end - start;
                return start;
            }

            from = end;
        }

        length = 0;
        return -1;
    }

    private static int End(ReadOnlySpan<byte> text, int at)
    {
        while (IsDigit(text, at) || ((uint)at < (uint)text.Length && text[at] is (byte)' ' or (byte)'-' && IsDigit(text, at + 1)))
        {
            at++;
        }

        return at;
    }

    private static bool IsCard(ReadOnlySpan<byte> run)
    {
        var (sum, digits) = (0, 0);
        for (var i = run.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit((char)run[i]))
            {
                continue;
            }

            var digit = run[i] - '0';
            digit = (digits & 1) == 1 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
            digits++;
        }

        return digits is >= Fewest and <= Most && sum % 10 == 0 && sum > 0;
    }
}
