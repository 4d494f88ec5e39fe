namespace Sidecars.Common.Parsing;

/// <summary>Times as numbers since 1970 in a unit, or in the unit that their size tells.</summary>
internal static class Epoch
{
    private const int MostDigits = 19;

    // what is smaller is some other number: this is 1973 in seconds
    private const long FirstGuessed = 100_000_000;

    /// <param name="text">Digits, with a fraction when there is one.</param>
    /// <param name="digits">How many digits a second has: 0 for seconds, 3 for milliseconds, 6, 9; negative to tell by the size.</param>
    /// <param name="utc">The moment.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, int digits, out DateTime utc)
    {
        utc = default;
        var at = 0;
        ulong digitsRead = 0;
        for (; at < text.Length && at < MostDigits && (uint)(text[at] - '0') <= 9; at++)
        {
            digitsRead = (digitsRead * 10) + text[at] - '0';
        }

        if (at == 0 || digitsRead > long.MaxValue || !TryReadFraction(text[at..], out var fraction))
        {
            return false;
        }

        var whole = (long)digitsRead;
        if (digits < 0 && whole < FirstGuessed)
        {
            return false;
        }

        var unit = digits >= 0 ? digits : Guess(whole);
        var (ticks, perUnit) = unit switch
        {
            0 => (whole, TimeSpan.TicksPerSecond),
            3 => (whole, TimeSpan.TicksPerMillisecond),
            6 => (whole, TimeSpan.TicksPerMicrosecond),
            _ => (whole / 100, 1L),
        };
        var most = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / perUnit;
        if (ticks >= most)
        {
            return false;
        }

        utc = DateTime.UnixEpoch.AddTicks((ticks * perUnit) + (unit == 9 ? 0 : (long)(fraction * perUnit)));
        return true;
    }

    private static int Guess(long whole) => whole switch
    {
        < 100_000_000_000 => 0,
        < 100_000_000_000_000 => 3,
        < 100_000_000_000_000_000 => 6,
        _ => 9,
    };

    private static bool TryReadFraction(ReadOnlySpan<byte> text, out decimal fraction)
    {
        fraction = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        var at = 1;
        var scale = 1m;
        for (; at < text.Length && at < 16 && (uint)(text[at] - '0') <= 9; at++)
        {
            scale /= 10;
            fraction += scale * (text[at] - '0');
        }

        return text[0] == '.' && at > 1 && at == text.Length;
    }
}
