using System.IO.Hashing;
using System.Text;
using Sidecars.Common.Tailing;

namespace Sidecars.Adapter.State;

/// <summary>
/// The state as bytes: a mark with the version, the content, and a checksum over both. What is torn or of another version is no state,
/// so a reader needs no further care.
/// </summary>
internal static class StateFormat
{
    private const int ChecksumLength = sizeof(ulong);

    private static ReadOnlySpan<byte> Version => "sidecars-adapter-state-1\n"u8;

    public static byte[] Write(SavedState state)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        WriteAll(writer, state.Sources, WriteSource);
        WriteAll(writer, state.Families, WriteFamily);
        writer.Flush();
        writer.Write(XxHash3.HashToUInt64(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        return bytes.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null for anything else.</summary>
    public static SavedState? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Version.Length + ChecksumLength
            || !bytes.StartsWith(Version)
            || XxHash3.HashToUInt64(bytes[..^ChecksumLength]) != BitConverter.ToUInt64(bytes[^ChecksumLength..]))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes[Version.Length..^ChecksumLength].ToArray()), Encoding.UTF8);
        return new SavedState(ReadAll(reader, ReadSource), ReadAll(reader, ReadFamily));
    }

    private static void WriteSource(BinaryWriter writer, SavedSource source)
    {
        writer.Write(source.Name);
        writer.Write(source.Path);
        writer.Write(source.FromEnd);
        WriteAll(writer, source.Files, WriteFile);
    }

    private static SavedSource ReadSource(BinaryReader reader) =>
        new(reader.ReadString(), reader.ReadString(), reader.ReadBoolean(), ReadAll(reader, ReadFile));

    private static void WriteFile(BinaryWriter writer, SavedFile file)
    {
        writer.Write(file.Path);
        writer.Write(file.Identity.Device);
        writer.Write(file.Identity.Inode);
        writer.Write(file.Identity.Birth);
        writer.Write(file.Mark.Offset);
        WritePrint(writer, file.Mark.Head);
        WritePrint(writer, file.Mark.Window);
        writer.Write(file.InLongLine);
    }

    private static SavedFile ReadFile(BinaryReader reader) => new(
        reader.ReadString(),
        new FileIdentity(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadInt64()),
        new FileMark(reader.ReadInt64(), ReadPrint(reader), ReadPrint(reader)),
        reader.ReadBoolean());

    private static void WritePrint(BinaryWriter writer, Fingerprint print)
    {
        writer.Write(print.Length);
        writer.Write(print.Hash);
    }

    private static Fingerprint ReadPrint(BinaryReader reader) => new(reader.ReadInt32(), reader.ReadUInt64());

    private static void WriteFamily(BinaryWriter writer, SavedFamily family)
    {
        writer.Write(family.Identity);
        WriteAll(writer, family.Sources, (into, source) => into.Write(source));
        writer.Write(family.Overflowed);
        WriteAll(writer, family.Series, WriteSeries);
    }

    private static SavedFamily ReadFamily(BinaryReader reader) =>
        new(reader.ReadString(), ReadAll(reader, from => from.ReadInt32()), reader.ReadInt64(), ReadAll(reader, ReadSeries));

    private static void WriteSeries(BinaryWriter writer, SavedSeries series)
    {
        writer.Write(series.Key.Length);
        writer.Write(series.Key);
        writer.Write(series.Value);
        writer.Write(series.Created);
        WriteAll(writer, series.Counts, (into, count) => into.Write(count));
    }

    private static SavedSeries ReadSeries(BinaryReader reader) =>
        new(reader.ReadBytes(reader.ReadInt32()), reader.ReadDouble(), reader.ReadDouble(), ReadAll(reader, from => from.ReadInt64()));

    private static void WriteAll<T>(BinaryWriter writer, IReadOnlyList<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    private static T[] ReadAll<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new T[reader.ReadInt32()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }
}
