using System.Buffers.Text;
using System.Text;

namespace Sidecars.Common.Parsing;

/// <summary>How nginx escapes the values of a format: its <c>escape=</c> parameter.</summary>
public enum LogEscape
{
    /// <summary>Quotes, backslashes and bytes outside printable ASCII as <c>\xHH</c>; an empty value as <c>-</c>.</summary>
    Default,

    /// <summary>As within a JSON string.</summary>
    Json,

    /// <summary>Nothing is escaped.</summary>
    None,

    /// <summary>
    /// As Apache does: quotes and backslashes behind a backslash, control characters as in C, other bytes as <c>\xHH</c>. It also reads
    /// what nginx writes by default.
    /// </summary>
    Apache,
}

/// <summary>Takes nginx's escapes back.</summary>
public static class LogEscapes
{
    private const byte Backslash = (byte)'\\';

    /// <summary>Whether a value, or a line of values, has anything to take back.</summary>
    public static bool IsEscaped(LogEscape escape, ReadOnlySpan<byte> value) => escape != LogEscape.None && value.Contains(Backslash);

    /// <summary>
    /// Writes the value as the client sent it and returns its length, which is never more than the value's. An escape that
    /// nginx would not write stays as it is.
    /// </summary>
    public static int Unescape(LogEscape escape, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        if (escape == LogEscape.None)
        {
            value.CopyTo(destination);
            return value.Length;
        }

        var written = 0;
        while (true)
        {
            var plain = value.IndexOf(Backslash);
            plain = plain < 0 ? value.Length : plain;
            value[..plain].CopyTo(destination[written..]);
            written += plain;
            value = value[plain..];
            if (value.IsEmpty)
            {
                return written;
            }

            var read = escape == LogEscape.Json || (escape == LogEscape.Apache && !value[1..].StartsWith("x"u8))
                ? UnescapeJson(value, destination[written..], out var count)
                : UnescapeHex(value, destination[written..], out count);
            value = value[read..];
            written += count;
        }
    }

    private static int UnescapeHex(ReadOnlySpan<byte> value, Span<byte> destination, out int written)
    {
        written = 1;
        if (value.Length >= 4 && value[1] == 'x' && Utf8Parser.TryParse(value.Slice(2, 2), out byte code, out var read, 'x') && read == 2)
        {
            destination[0] = code;
            return 4;
        }

        destination[0] = Backslash;
        return 1;
    }

    private static int UnescapeJson(ReadOnlySpan<byte> value, Span<byte> destination, out int written)
    {
        if (value.Length >= 6 && value[1] == 'u' && TryReadUnit(value, out var unit))
        {
            return WriteRune(value, unit, destination, out written);
        }

        var plain = value.Length < 2 ? (byte)0 : value[1] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'"' or (byte)'\\' or (byte)'/' => value[1],
            _ => (byte)0,
        };
        destination[0] = plain == 0 ? Backslash : plain;
        written = 1;
        return plain == 0 ? 1 : 2;
    }

    private static int WriteRune(ReadOnlySpan<byte> value, char unit, Span<byte> destination, out int written)
    {
        var read = 6;
        if (!Rune.TryCreate(unit, out var rune))
        {
            rune = Rune.ReplacementChar;
            if (value.Length >= 12 && value[6] == Backslash && value[7] == 'u' && TryReadUnit(value[6..], out var low) && Rune.TryCreate(unit, low, out var pair))
            {
                rune = pair;
                read = 12;
            }
        }

        written = rune.EncodeToUtf8(destination);
        return read;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> value, out char unit)
    {
        var read = Utf8Parser.TryParse(value.Slice(2, 4), out ushort code, out var count, 'x') && count == 4;
        unit = (char)code;
        return read;
    }
}
