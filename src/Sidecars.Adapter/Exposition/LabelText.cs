using System.Buffers;
using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Exposition;

/// <summary>
/// Makes what was read fit to be a label's value: nginx's escapes taken back, valid UTF-8, no control characters but tab and
/// line feed, and not longer than the limit, cut between characters.
/// </summary>
internal static class LabelText
{
    private static readonly SearchValues<byte> Unchanged = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Select(code => (byte)code).Where(code => code != '\\')]);

    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>Whether the bytes as they stand are the label's value. The usual case, so it is one vectorised pass.</summary>
    public static bool IsClean(ReadOnlySpan<byte> raw, int limit) => raw.Length <= limit && !raw.ContainsAnyExcept(Unchanged);

    /// <summary>Writes the clean value and returns its length. <paramref name="destination"/> has room for <paramref name="limit"/> bytes.</summary>
    public static int Clean(LogEscape escape, ReadOnlySpan<byte> raw, Span<byte> destination, int limit)
    {
        // One byte of the value takes at most six bytes of the line (\u001F), so what lies behind is cut off anyway.
        var longest = checked(limit * 6);
        raw = raw.Length > longest ? raw[..longest] : raw;
        var rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            ReadOnlySpan<byte> value = rented.AsSpan(0, LogEscapes.Unescape(escape, raw, rented));
            var written = 0;
            while (!value.IsEmpty)
            {
                var status = Rune.DecodeFromUtf8(value, out var rune, out var read);
                var text = status == OperationStatus.Done && IsAllowed(rune) ? value[..read] : Replacement;
                if (written + text.Length > limit)
                {
                    break;
                }

                text.CopyTo(destination[written..]);
                written += text.Length;
                value = value[read..];
            }

            return written;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static bool IsAllowed(Rune rune) => rune.Value is '\t' or '\n' || !Rune.IsControl(rune);
}
