using System.Buffers;
using System.Text;

namespace Sidecars.Collector.Shaping;

/// <summary>What lets somebody in: the token behind <c>Bearer</c> or <c>Basic</c>, and JSON web tokens wherever they stand.</summary>
internal sealed class TokenRedactor : Redactor
{
    private const int ShortestToken = 8;

    private static readonly SearchValues<byte> Token = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/="u8);

    public override int Find(ReadOnlySpan<byte> text, int from, out int length)
    {
        while (from < text.Length)
        {
            var start = text[from..].IndexOfAny(Token);
            if (start < 0)
            {
                break;
            }

            start += from;
            var end = text[start..].IndexOfAnyExcept(Token);
            end = end < 0 ? text.Length : start + end;
            if (end - start >= ShortestToken && (IsWebToken(text[start..end]) || FollowsScheme(text[..start])))
            {
                length = end - start;
                return start;
            }

            from = end;
        }

        length = 0;
        return -1;
    }

    // a JSON object in base64url begins with eyJ: {"
    private static bool IsWebToken(ReadOnlySpan<byte> run) => run.StartsWith("eyJ"u8) && run.Count((byte)'.') == 2;

    private static bool FollowsScheme(ReadOnlySpan<byte> before)
    {
        var trimmed = before.TrimEnd(" "u8);
        return trimmed.Length < before.Length && (EndsWith(trimmed, "bearer"u8) || EndsWith(trimmed, "basic"u8));
    }

    private static bool EndsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[^word.Length..], word) && !IsWord(text, text.Length - word.Length - 1);
}
