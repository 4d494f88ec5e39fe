using System.Text;
using Sidecars.Adapter.Exposition;

namespace Sidecars.Adapter.Labels;

/// <summary>Words for words; what is not there becomes the other text.</summary>
internal sealed class MapStep : LabelStep
{
    private readonly Dictionary<byte[], byte[]> _words = new(SeriesKey.Comparer);
    private readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly byte[] _other;

    public MapStep(IReadOnlyDictionary<string, string> words, byte[] other)
    {
        foreach (var (word, meaning) in words)
        {
            _words[Encoding.UTF8.GetBytes(word)] = Encoding.UTF8.GetBytes(meaning);
        }

        _lookup = _words.GetAlternateLookup<ReadOnlySpan<byte>>();
        _other = other;
    }

    public override int Apply(ReadOnlySpan<byte> value, Span<byte> destination) =>
        Put(_lookup.TryGetValue(value, out var meaning) ? meaning : _other, destination);
}

/// <summary>HTTP's status by its class: <c>2xx</c>; anything but three  to 599 becomes the other text.</summary>
internal sealed class StatusClassStep(byte[] other) : LabelStep
{
    public override int Apply(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var isStatus = value.Length == 3 && value[0] is >= (byte)'1' and <= (byte)'5' && char.IsAsciiDigit((char)value[1]) && char.IsAsciiDigit((char)value[2]);
        return isStatus ? Put([value[0], (byte)'x', (byte)'x'], destination) : Put(other, destination);
    }
}

/// <summary>All letters small, or all capital, in any script.</summary>
internal sealed class CaseStep(bool isUpper) : LabelStep
{
    public override int Apply(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        if (Ascii.IsValid(value))
        {
            _ = isUpper ? Ascii.ToUpper(value, destination, out var length) : Ascii.ToLower(value, destination, out length);
            return length;
        }

        var written = 0;
        while (!value.IsEmpty)
        {
            Rune.DecodeFromUtf8(value, out var rune, out var read);
            rune = isUpper ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune);
            if (!rune.TryEncodeToUtf8(destination[written..], out var length))
            {
                break;
            }

            written += length;
            value = value[read..];
        }

        return written;
    }
}

/// <summary>At most so many characters.</summary>
internal sealed class TruncateStep(int characters) : LabelStep
{
    public override int Apply(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var end = 0;
        for (var i = 0; i < characters && end < value.Length; i++)
        {
            Rune.DecodeFromUtf8(value[end..], out _, out var read);
            end += read;
        }

        return Put(value[..end], destination);
    }
}
