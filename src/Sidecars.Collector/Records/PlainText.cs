using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sidecars.Collector.Records;

/// <summary>Text that JSON has as it is: ASCII without quotes, backslashes and control characters.</summary>
internal static class PlainText
{
    /// <summary>
    /// Copies a text and looks at it in one pass; what was copied is worth nothing when it returns false. Values in logs are short: what
    /// does not fill a vector goes in two overlapping halves.
    /// </summary>
    public static bool TryCopy(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.Length < sizeof(ulong))
        {
            return TryCopyShort(text, destination);
        }

        ref var from = ref MemoryMarshal.GetReference(text);
        ref var to = ref MemoryMarshal.GetReference(destination[..text.Length]);
        if (text.Length < Vector128<byte>.Count)
        {
            var last = text.Length - sizeof(ulong);
            var halves = Vector128.Create(MemoryMarshal.Read<ulong>(text), MemoryMarshal.Read<ulong>(text[last..]));
            MemoryMarshal.Write(destination, halves.GetElement(0));
            MemoryMarshal.Write(destination[last..], halves.GetElement(1));
            return Special(halves.AsByte()) == Vector128<byte>.Zero;
        }

        var special = Vector128<byte>.Zero;
        var end = (nuint)(text.Length - Vector128<byte>.Count);
        for (nuint at = 0; at < end; at += (nuint)Vector128<byte>.Count)
        {
            special |= Copy(ref from, ref to, at);
        }

        special |= Copy(ref from, ref to, end);
        return special == Vector128<byte>.Zero;
    }

    private static Vector128<byte> Copy(ref byte from, ref byte to, nuint at)
    {
        var bytes = Vector128.LoadUnsafe(ref from, at);
        bytes.StoreUnsafe(ref to, at);
        return Special(bytes);
    }

    /// <summary>As signed numbers, the bytes that are not ASCII are below the blank too.</summary>
    private static Vector128<byte> Special(Vector128<byte> bytes) =>
        Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)' ')).AsByte()
        | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
        | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));

    private static bool TryCopyShort(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var isPlain = true;
        for (var i = 0; i < text.Length; i++)
        {
            var value = text[i];
            destination[i] = value;
            isPlain &= (sbyte)value >= ' ' && value != '"' && value != '\\';
        }

        return isPlain;
    }
}
