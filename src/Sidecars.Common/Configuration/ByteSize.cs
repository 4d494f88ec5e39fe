using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecars.Common.Configuration;

/// <summary>A size in bytes, written as <c>512</c>, <c>64KiB</c>, <c>16MiB</c>, <c>10MB</c> or, as Kubernetes quantities, <c>64Ki</c> and <c>16Mi</c>.</summary>
/// <param name="Bytes">The number of bytes.</param>
[JsonConverter(typeof(ByteSizeConverter))]
[Schema("""{ "type": ["string", "integer"], "pattern": "^[0-9]+(\\.[0-9]+)? ?([kKMGT]i?B?|B)?$" }""")]
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>A size in units of 1,024 bytes.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The size.</returns>
    public static ByteSize KiB(long count) => new(count << 10);

    /// <summary>A size in units of 1,048,576 bytes.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The size.</returns>
    public static ByteSize MiB(long count) => new(count << 20);

    /// <summary>Reads a size; without a unit it is bytes.</summary>
    /// <param name="text">For example <c>64KiB</c>.</param>
    /// <param name="value">The size, or zero where the text is none.</param>
    /// <returns>Whether the text is a size.</returns>
    public static bool TryParse(string text, out ByteSize value)
    {
        value = default;
        var unit = Array.Find(Units, u => text.EndsWith(u.Suffix, StringComparison.Ordinal));
        var number = text.AsSpan(0, text.Length - (unit.Suffix?.Length ?? 0)).TrimEnd(' ');
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            || count * Math.Max(1, unit.Factor) > long.MaxValue)
        {
            return false;
        }

        value = new ByteSize((long)(count * Math.Max(1, unit.Factor)));
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>The largest binary unit that divides the size: <c>64KiB</c>.</summary>
    public override string ToString()
    {
        foreach (var (suffix, factor) in Units.Take(4).Reverse())
        {
            if (Bytes >= factor && Bytes % factor == 0)
            {
                return (Bytes / factor).ToString(CultureInfo.InvariantCulture) + suffix;
            }
        }

        return Bytes.ToString(CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    /// <inheritdoc/>
    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    /// <inheritdoc/>
    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    /// <inheritdoc/>
    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;
}

/// <summary>Reads and writes <see cref="ByteSize"/>.</summary>
public sealed class ByteSizeConverter : JsonConverter<ByteSize>
{
    /// <inheritdoc/>
    public override ByteSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return ByteSize.TryParse(text, out var value)
            ? value
            : throw new JsonException($"'{text}' is not a size; write a number and a unit, such as 4096, 64KiB, 16MiB or 1GB");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ByteSize value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
