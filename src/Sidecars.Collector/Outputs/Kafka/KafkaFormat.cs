using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Kafka;

/// <summary>What goes to the client of one record; the memory is the batch's.</summary>
internal readonly record struct KafkaRecord(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> File, ReadOnlyMemory<byte> Value);

/// <summary>Records as the output takes them apart again: key, file and value, each behind its length in four bytes.</summary>
internal sealed class KafkaFormat(KafkaOutputOptions options, RecordFormat? value, RecordId id) : RecordFormat
{
    private readonly ArrayBufferWriter<byte> _value = new(1024);
    private readonly byte[] _id = new byte[RecordId.MostLength];
    private string _path = "";
    private byte[] _file = [];

    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        if (!ReferenceEquals(_path, record.File.Path))
        {
            (_path, _file) = (record.File.Path, Encoding.UTF8.GetBytes(record.File.Path));
        }

        WritePart(options.Key == KafkaKey.File ? _file : _id.AsSpan(0, id.Write(record, _id)), output);
        WritePart(_file, output);
        if (value is null)
        {
            WritePart(record.Body, output);
            return;
        }

        _value.ResetWrittenCount();
        value.Write(record, _value);
        WritePart(_value.WrittenSpan.TrimEnd((byte)'\n'), output);
    }

    public override void Dispose()
    {
        value?.Dispose();
        base.Dispose();
    }

    /// <summary>Takes the first record off a payload; false at its end.</summary>
    public static bool TryRead(ref ReadOnlyMemory<byte> payload, out KafkaRecord record)
    {
        record = default;
        if (payload.IsEmpty)
        {
            return false;
        }

        record = new KafkaRecord(ReadPart(ref payload), ReadPart(ref payload), ReadPart(ref payload));
        return true;
    }

    private static void WritePart(ReadOnlySpan<byte> part, IBufferWriter<byte> output)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), part.Length);
        output.Advance(sizeof(int));
        output.Write(part);
    }

    private static ReadOnlyMemory<byte> ReadPart(ref ReadOnlyMemory<byte> payload)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(payload.Span);
        var part = payload.Slice(sizeof(int), length);
        payload = payload[(sizeof(int) + length)..];
        return part;
    }
}
