using System.Text.Json;
using MessagePack;

namespace Sidecars.Collector.Outputs.Forward;

/// <summary>Writes a JSON value, known to be valid, as MessagePack. A map's header has the number of its members, so they are counted first.</summary>
internal static class JsonToMessagePack
{
    public static void Write(ReadOnlySpan<byte> json, ref MessagePackWriter writer)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        while (reader.Read())
        {
            WriteToken(ref reader, ref writer);
        }
    }

    private static void WriteToken(ref Utf8JsonReader reader, ref MessagePackWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteMapHeader(CountChildren(reader, isObject: true));
                break;
            case JsonTokenType.StartArray:
                writer.WriteArrayHeader(CountChildren(reader, isObject: false));
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                WriteText(ref reader, ref writer);
                break;
            case JsonTokenType.Number:
                ForwardFormat.WriteNumber(reader.ValueSpan, ref writer);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                writer.Write(reader.TokenType == JsonTokenType.True);
                break;
            case JsonTokenType.Null:
                writer.WriteNil();
                break;
        }
    }

    private static void WriteText(ref Utf8JsonReader reader, ref MessagePackWriter writer)
    {
        try
        {
            writer.Write(reader.GetString());
        }
        catch (InvalidOperationException)
        {
            // half a surrogate pair, or bytes that are not UTF-8: as it is written
            writer.WriteString(reader.ValueSpan);
        }
    }

    /// <summary>Looks ahead with a copy of the reader.</summary>
    private static int CountChildren(Utf8JsonReader reader, bool isObject)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            count++;
            if (isObject)
            {
                reader.Read();
            }

            reader.Skip();
        }

        return count;
    }
}
