using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Sidecars.Common.Tailing;

/// <summary>
/// Text of UTF-16 files made UTF-8. Nothing is lost: a surrogate without its other half becomes the three bytes that UTF-8 would have
/// for it, half a unit at an end becomes one byte that UTF-8 never has; both are invalid UTF-8 and are treated as such further on. So
/// the bytes of the file that a part of the text stands for can be told from the text alone: two for each unit.
/// </summary>
public static class Utf16Text
{
    private const byte HalfUnit = 0xff;

    /// <summary>The encoding that a byte order mark at the head of a file tells; null when there are too few bytes to say.</summary>
    public static TextEncoding? Detect(ReadOnlySpan<byte> head) => head switch
    {
        [0xff, 0xfe, ..] => TextEncoding.Utf16LittleEndian,
        [0xfe, 0xff, ..] => TextEncoding.Utf16BigEndian,
        [] or [0xff] or [0xfe] => null,
        _ => TextEncoding.Utf8,
    };

    /// <summary>A whole text of a declared encoding as UTF-8.</summary>
    public static byte[] ToUtf8(ReadOnlySpan<byte> bytes, TextEncoding declared)
    {
        var encoding = declared == TextEncoding.Auto ? Detect(bytes) : declared;
        if (encoding is null or TextEncoding.Utf8)
        {
            return bytes.ToArray();
        }

        var text = new byte[MaximumLength(bytes.Length)];
        return text[..Transcode(bytes, encoding == TextEncoding.Utf16BigEndian, startsWithHalf: false, text)];
    }

    /// <summary>Where the first line of bytes of an encoding ends, its newline included; 0 when the end is not there.</summary>
    public static int EndOfFirstLine(ReadOnlySpan<byte> bytes, TextEncoding encoding) => encoding is TextEncoding.Utf16LittleEndian or TextEncoding.Utf16BigEndian
        ? 2 * (MemoryMarshal.Cast<byte, char>(bytes).IndexOf(Newline(encoding == TextEncoding.Utf16BigEndian)) + 1)
        : bytes.IndexOf((byte)'\n') + 1;

    /// <summary>The most bytes of UTF-8 that so many bytes of UTF-16 can become.</summary>
    internal static int MaximumLength(int bytes) => (3 * (bytes / 2)) + 2;

    /// <summary>Transcodes; returns the length. Both ends may be half a unit.</summary>
    internal static int Transcode(ReadOnlySpan<byte> bytes, bool isBigEndian, bool startsWithHalf, Span<byte> text)
    {
        var written = 0;
        if (startsWithHalf && bytes.Length > 0)
        {
            text[written++] = HalfUnit;
            bytes = bytes[1..];
        }

        var units = MemoryMarshal.Cast<byte, char>(bytes);
        written += isBigEndian ? FromBigEndian(units, text[written..]) : FromUnits(units, text[written..]);
        if ((bytes.Length & 1) == 1)
        {
            text[written++] = HalfUnit;
        }

        return written;
    }

    /// <summary>Where the last newline of whole units ends, in bytes; 0 when there is none.</summary>
    internal static int EndOfLastLine(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        2 * (MemoryMarshal.Cast<byte, char>(bytes).LastIndexOf(Newline(isBigEndian)) + 1);

    /// <summary>The whole units, without a first half of a pair at the end.</summary>
    internal static int WholeLength(ReadOnlySpan<byte> bytes, bool isBigEndian)
    {
        var length = bytes.Length & ~1;
        var isSplit = length > 2 && (bytes[isBigEndian ? length - 2 : length - 1] & 0xfc) == 0xd8;
        return isSplit ? length - 2 : length;
    }

    /// <summary>How many units of UTF-16 a text stands for, each half of one counted as one.</summary>
    internal static int CountUnits(ReadOnlySpan<byte> text)
    {
        if (Ascii.IsValid(text))
        {
            return text.Length;
        }

        var units = 0;
        foreach (var value in text)
        {
            // a sequence of four bytes is a pair
            units += (value & 0xc0) == 0x80 ? 0 : value is >= 0xf0 and < 0xf8 ? 2 : 1;
        }

        return units;
    }

    private static char Newline(bool isBigEndian) => isBigEndian ? '\u0a00' : '\n';

    private static int FromBigEndian(ReadOnlySpan<char> units, Span<byte> text)
    {
        var rented = ArrayPool<char>.Shared.Rent(units.Length);
        BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<char, ushort>(units), MemoryMarshal.Cast<char, ushort>(rented.AsSpan()));
        var written = FromUnits(rented.AsSpan(0, units.Length), text);
        ArrayPool<char>.Shared.Return(rented);
        return written;
    }

    private static int FromUnits(ReadOnlySpan<char> units, Span<byte> text)
    {
        var total = 0;
        while (true)
        {
            var status = Utf8.FromUtf16(units, text[total..], out var read, out var written, replaceInvalidSequences: false);
            total += written;
            if (status == OperationStatus.Done)
            {
                return total;
            }

            var lone = units[read];
            text[total++] = (byte)(0xe0 | (lone >> 12));
            text[total++] = (byte)(0x80 | ((lone >> 6) & 0x3f));
            text[total++] = (byte)(0x80 | (lone & 0x3f));
            units = units[(read + 1)..];
        }
    }
}
