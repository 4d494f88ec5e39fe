using System.Globalization;
using System.Text.Unicode;

namespace Sidecars.Faults;

/// <summary>A file that a writer wrote: the writer's number, and which of its files in turn (a truncation begins a new one).</summary>
internal readonly record struct FileKey(int Writer, int File);

/// <summary>
/// What stands in a line follows from its number: one token of <c>&lt;writer.file.line.token&gt;</c> after the other, cut off at the
/// line's length. So any piece of a line tells which bytes of which line it should be, and every byte of it can be checked.
/// </summary>
internal static class LineText
{
    /// <summary>The length of a token.</summary>
    public const int Token = 24;

    /// <summary>In a piece of this length stands at least one whole token.</summary>
    public const int Shortest = 2 * Token;

    private const int Digits = 5;

    /// <summary>Fills a span with what stands in a line from a place on.</summary>
    public static void Fill(Span<byte> text, FileKey key, int line, int start)
    {
        Span<byte> token = stackalloc byte[Token];
        Utf8.TryWrite(token, CultureInfo.InvariantCulture, $"<{key.Writer:00}.{key.File:0000}.{line:00000000}.00000>", out _);
        var number = start / Token;
        var skip = start % Token;
        while (!text.IsEmpty)
        {
            var rest = number++;
            for (var digit = 0; digit < Digits; digit++)
            {
                token[Token - 2 - digit] = (byte)('0' + (rest % 10));
                rest /= 10;
            }

            var length = Math.Min(Token - skip, text.Length);
            token.Slice(skip, length).CopyTo(text);
            text = text[length..];
            skip = 0;
        }
    }

    /// <summary>Which file, line and place in it a piece says that it is.</summary>
    public static bool TryIdentify(ReadOnlySpan<byte> piece, out FileKey key, out int line, out int start)
    {
        (key, line, start) = (default, 0, 0);
        var at = piece.IndexOf((byte)'<');
        if (at < 0 || at + Token > piece.Length)
        {
            return false;
        }

        var token = piece.Slice(at, Token);
        if (token[3] != '.' || token[8] != '.' || token[17] != '.' || token[^1] != '>'
            || !TryNumber(token[1..3], out var writer) || !TryNumber(token[4..8], out var file)
            || !TryNumber(token[9..17], out line) || !TryNumber(token[18..23], out var number))
        {
            return false;
        }

        key = new FileKey(writer, file);
        start = (number * Token) - at;
        return start >= 0;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
