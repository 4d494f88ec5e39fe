using System.Buffers.Text;

namespace Sidecars.Common.Parsing;

/// <summary>Reads numbers from values as nginx writes them.</summary>
public static class LogValue
{
    /// <summary>Whether nginx had nothing to write: <c>-</c>, or nothing at all with <c>escape=json</c> and <c>none</c>.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> value) => value.IsEmpty || (value.Length == 1 && value[0] == '-');

    /// <summary>Reads a number; the whole value must be one, and finite.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> value, out double number) =>
        Utf8Parser.TryParse(value, out number, out var read) && read == value.Length && double.IsFinite(number);

    /// <summary>Whether a variable tells of every upstream that was asked, so that its number is a sum (see <see cref="TrySum"/>).</summary>
    public static bool IsUpstreamList(string variable) => FieldShapes.IsUpstreamList(variable);

    /// <summary>
    /// Reads the sum of a list over upstreams (<c>0.001, 0.002 : 0.010</c>), a plain number included. An upstream without a
    /// value (<c>-</c>) adds nothing; false when none has one or something else stands there.
    /// </summary>
    public static bool TrySum(ReadOnlySpan<byte> value, out double sum)
    {
        sum = 0;
        var any = false;
        while (!value.IsEmpty)
        {
            var end = value.IndexOfAny(" ,:"u8);
            var part = end < 0 ? value : value[..end];
            value = end < 0 ? default : value[(end + 1)..];
            if (IsMissing(part))
            {
                continue;
            }

            if (!TryNumber(part, out var number))
            {
                return false;
            }

            sum += number;
            any = true;
        }

        return any;
    }
}
