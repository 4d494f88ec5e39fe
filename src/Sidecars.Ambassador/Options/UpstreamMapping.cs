using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecars.Ambassador.Options;

/// <summary>Reads and writes an upstream of either kind: its address as a text, or a mapping that holds the address and more.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="others">The keys that may stand beside address, for messages.</param>
internal abstract class UpstreamMapping<T>(string others) : JsonConverter<T>
    where T : class
{
    private const string Expected = "write the address itself, or a mapping with the key address";

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => Of(reader.GetString()!),
        JsonTokenType.StartObject => ReadMapping(ref reader),
        _ => throw new JsonException($"not an upstream; {Expected}"),
    };

    /// <summary>An upstream of which only the address is said.</summary>
    protected abstract T Of(string address);

    /// <summary>The upstream with one more key, at whose value the reader stands; null where there is no such key.</summary>
    protected abstract T? With(T upstream, string key, ref Utf8JsonReader reader);

    /// <summary>Writes the address and the name of SRV records, which all kinds have, and between them what is the kind's own.</summary>
    protected static void WriteMapping(Utf8JsonWriter writer, string address, string? srv, Action<Utf8JsonWriter> own)
    {
        writer.WriteStartObject();
        writer.WriteString("address", address);
        own(writer);
        if (srv is not null)
        {
            writer.WriteString("srv", srv);
        }

        writer.WriteEndObject();
    }

    /// <summary>The value where it is a text.</summary>
    protected static string TextOf(ref Utf8JsonReader reader, string key) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException($"{key} is a text");

    /// <summary>The value where it is a whole number within these limits.</summary>
    protected static int NumberOf(ref Utf8JsonReader reader, string key, int minimum, int maximum) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number >= minimum && number <= maximum
            ? number
            : throw new JsonException($"{key} is a whole number from {minimum} to {maximum}");

    private T ReadMapping(ref Utf8JsonReader reader)
    {
        var upstream = Of("");
        var hasAddress = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            hasAddress |= key == "address";
            upstream = With(upstream, key, ref reader) ?? throw new JsonException($"unknown key '{key}'; {Expected}; {others} may stand beside it");
        }

        return hasAddress ? upstream : throw new JsonException($"address is missing; {Expected}");
    }
}
