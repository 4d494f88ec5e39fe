using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>One server of a service: its address, or a mapping that holds the address.</summary>
[JsonConverter(typeof(UpstreamOptionsConverter))]
[Schema("""
    { "oneOf": [ { "type": "string" }, { "type": "object", "properties": { "address": { "type": "string" } }, "required": ["address"], "additionalProperties": false } ] }
    """)]
internal sealed record UpstreamOptions(string Address);

/// <summary>Reads an upstream from a text or a mapping.</summary>
internal sealed class UpstreamOptionsConverter : JsonConverter<UpstreamOptions>
{
    private const string Expected = "write the address itself, or a mapping with the key address";

    public override UpstreamOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new UpstreamOptions(reader.GetString()!),
        JsonTokenType.StartObject => ReadMapping(ref reader),
        _ => throw new JsonException($"not an upstream; {Expected}"),
    };

    public override void Write(Utf8JsonWriter writer, UpstreamOptions value, JsonSerializerOptions options) => writer.WriteStringValue(value.Address);

    private static UpstreamOptions ReadMapping(ref Utf8JsonReader reader)
    {
        string? address = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            if (key != "address" || reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException(key == "address" ? "address is a text" : $"unknown key '{key}'; {Expected}");
            }

            address = reader.GetString();
        }

        return address is null ? throw new JsonException($"address is missing; {Expected}") : new UpstreamOptions(address);
    }
}
