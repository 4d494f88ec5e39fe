using System.Text;
using System.Text.Json;
using Sidecars.Common.Protobuf;

namespace Sidecars.Collector.Outputs.Otlp;

/// <summary>Writes a JSON value as the content of an AnyValue: objects become KeyValueList, arrays ArrayValue.</summary>
internal static class OtlpJson
{
    public static void Write(ReadOnlySpan<byte> json, ProtobufWriter writer)
    {
        var start = writer.Length;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            WriteValue(ref reader, writer);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // not JSON after all, or a text in it is not UTF-8: as it stands
            writer.Truncate(start);
            writer.Text(1, json);
        }
    }

    private static void WriteValue(ref Utf8JsonReader reader, ProtobufWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                writer.Bytes(1, Encoding.UTF8.GetBytes(reader.GetString()!));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.Number(2, reader.TokenType == JsonTokenType.True ? 1 : 0);
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out var whole):
                writer.Number(3, whole);
                break;
            case JsonTokenType.Number:
                writer.Fixed64(4, BitConverter.DoubleToUInt64Bits(reader.GetDouble()));
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader, writer);
                break;
            case JsonTokenType.StartObject:
                WriteObject(ref reader, writer);
                break;
            default:
                break;
        }
    }

    private static void WriteArray(ref Utf8JsonReader reader, ProtobufWriter writer)
    {
        var array = writer.Begin(5);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var item = writer.Begin(1);
            WriteValue(ref reader, writer);
            writer.End(item);
        }

        writer.End(array);
    }

    private static void WriteObject(ref Utf8JsonReader reader, ProtobufWriter writer)
    {
        var list = writer.Begin(6);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var pair = writer.Begin(1);
            writer.Bytes(1, Encoding.UTF8.GetBytes(reader.GetString()!));
            var value = writer.Begin(2);
            reader.Read();
            WriteValue(ref reader, writer);
            writer.End(value);
            writer.End(pair);
        }

        writer.End(list);
    }
}
