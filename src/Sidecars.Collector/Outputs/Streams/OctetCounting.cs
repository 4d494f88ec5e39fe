using System.Buffers;
using System.Buffers.Text;

namespace Sidecars.Collector.Outputs.Streams;

/// <summary>Messages in a stream, each behind its length: <c>11 hello world</c> (RFC 6587, section 3.4.1).</summary>
internal static class OctetCounting
{
    private const int LongestPrefix = 11;

    /// <summary>Writes a message with its length.</summary>
    public static void Write(ReadOnlySpan<byte> message, IBufferWriter<byte> output)
    {
        var prefix = output.GetSpan(LongestPrefix);
        _ = Utf8Formatter.TryFormat(message.Length, prefix, out var length);
        prefix[length] = (byte)' ';
        output.Advance(length + 1);
        output.Write(message);
    }

    /// <summary>The first message of bytes that <see cref="Write"/> made; false when there is none left.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> message, out int consumed)
    {
        if (!Utf8Parser.TryParse(bytes.Span, out int length, out var digits))
        {
            (message, consumed) = (default, 0);
            return false;
        }

        message = bytes.Slice(digits + 1, length);
        consumed = digits + 1 + length;
        return true;
    }
}
