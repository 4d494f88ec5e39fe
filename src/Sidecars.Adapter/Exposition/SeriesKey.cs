using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Sidecars.Adapter.Exposition;

/// <summary>
/// Compares series by the bytes of their label values. Hashing starts from a seed of its own in each process, so nobody
/// can prepare label values that all fall into one bucket.
/// </summary>
internal sealed class SeriesKey : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    /// <summary>Stands between the values of a key: no UTF-8 text holds this byte.</summary>
    public const byte Separator = 0xFF;

    private const ulong Odd = 0x9E3779B97F4A7C15;

    private static readonly ulong Seed = unchecked((ulong)Random.Shared.NextInt64()) | 1;

    public static SeriesKey Comparer { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = Seed + (ulong)alternate.Length;
        while (alternate.Length >= 8)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
            alternate = alternate[8..];
        }

        var tail = 0UL;
        foreach (var value in alternate)
        {
            tail = (tail << 8) | value;
        }

        hash = Mix(hash ^ tail);
        return (int)(hash ^ (hash >> 32));
    }

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value ^ Odd, Seed, out var low);
        return BitOperations.RotateLeft(high ^ low, 23);
    }
}
