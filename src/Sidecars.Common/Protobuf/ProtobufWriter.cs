using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Sidecars.Common.Protobuf;

/// <summary>
/// Writes the protobuf wire format (protobuf.dev/programming-guides/encoding) into a buffer that is used again. A message within a
/// message is written where it stands: room for a short length is left before it, and a longer length moves it.
/// </summary>
public sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int Fixed64Bits = 1;
    private const int Delimited = 2;
    private const int MostVarintBytes = 10;

    private byte[] _buffer = new byte[1024];

    /// <summary>How many bytes are written.</summary>
    public int Length { get; private set; }

    /// <summary>What is written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Forgets what is written.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets what is written behind an earlier length.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>An integer, boolean or enumeration.</summary>
    public void Number(int field, long value)
    {
        Tag(field, Varint);
        Append((ulong)value);
    }

    /// <summary>A fixed64 or the bits of a double.</summary>
    public void Fixed64(int field, ulong value)
    {
        Tag(field, Fixed64Bits);
        BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);
        Length += sizeof(ulong);
    }

    /// <summary>Bytes, or a text that is known to be UTF-8.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Delimited);
        Append((ulong)value.Length);
        value.CopyTo(Room(value.Length));
        Length += value.Length;
    }

    /// <summary>A text; what is not UTF-8 in it becomes U+FFFD, as receivers refuse the whole message otherwise.</summary>
    public void Text(int field, ReadOnlySpan<byte> value)
    {
        if (Utf8.IsValid(value))
        {
            Bytes(field, value);
            return;
        }

        var start = Begin(field);
        while (!value.IsEmpty)
        {
            Rune.DecodeFromUtf8(value, out var rune, out var read);
            Length += rune.EncodeToUtf8(Room(4));
            value = value[read..];
        }

        End(start);
    }

    /// <summary>Begins a message; give what is returned to <see cref="End"/>.</summary>
    public int Begin(int field)
    {
        Tag(field, Delimited);
        Room(1);
        return ++Length;
    }

    /// <summary>Ends a message.</summary>
    public void End(int start)
    {
        var length = Length - start;
        var more = VarintLength((ulong)length) - 1;
        if (more > 0)
        {
            Room(more);
            _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + more));
        }

        Length = start - 1;
        Append((ulong)length);
        Length += length;
    }

    /// <summary>What another writer wrote, as it is.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    private static int VarintLength(ulong value)
    {
        var length = 1;
        while ((value >>= 7) != 0)
        {
            length++;
        }

        return length;
    }

    private void Tag(int field, int type) => Append((ulong)((field << 3) | type));

    private void Append(ulong value)
    {
        var room = Room(MostVarintBytes);
        var i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            room[i++] = (byte)(value | 0x80);
        }

        room[i++] = (byte)value;
        Length += i;
    }

    private Span<byte> Room(int length)
    {
        if (_buffer.Length - Length < length)
        {
            Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, Length + length));
        }

        return _buffer.AsSpan(Length);
    }
}
