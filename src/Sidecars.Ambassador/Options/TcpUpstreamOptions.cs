using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>One server of a TCP service: its address, or a mapping that says more about it.</summary>
/// <param name="Address"><c>host:port</c>, <c>[address]:port</c> or <c>unix:/path</c>.</param>
/// <param name="Priority">Servers with a higher number get connections only while none with a lower one can be used. From 0 to 100.</param>
[JsonConverter(typeof(TcpUpstreamOptionsConverter))]
[Schema("""
    { "oneOf": [ { "type": "string" }, { "type": "object", "properties": {
        "address": { "type": "string", "description": "host:port or unix:/path" },
        "priority": { "type": "integer", "minimum": 0, "maximum": 100, "description": "Servers with a higher number get connections only while none with a lower one can be used. Default: 0." }
      }, "required": ["address"], "additionalProperties": false } ] }
    """)]
internal sealed record TcpUpstreamOptions(string Address, int Priority = 0);

/// <summary>Reads a TCP upstream from a text or a mapping.</summary>
internal sealed class TcpUpstreamOptionsConverter : JsonConverter<TcpUpstreamOptions>
{
    private const string Expected = "write the address itself, or a mapping with the keys address and priority";

    public override TcpUpstreamOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new TcpUpstreamOptions(reader.GetString()!),
        JsonTokenType.StartObject => ReadMapping(ref reader),
        _ => throw new JsonException($"not an upstream; {Expected}"),
    };

    public override void Write(Utf8JsonWriter writer, TcpUpstreamOptions value, JsonSerializerOptions options)
    {
        if (value.Priority == 0)
        {
            writer.WriteStringValue(value.Address);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("address", value.Address);
        writer.WriteNumber("priority", value.Priority);
        writer.WriteEndObject();
    }

    private static TcpUpstreamOptions ReadMapping(ref Utf8JsonReader reader)
    {
        string? address = null;
        var priority = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            switch (key)
            {
                case "address":
                    address = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("address is a text");
                    break;
                case "priority":
                    priority = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number is >= 0 and <= 100
                        ? number
                        : throw new JsonException("priority is a whole number from 0 (first) to 100");
                    break;
                default:
                    throw new JsonException($"unknown key '{key}'; {Expected}");
            }
        }

        return address is null ? throw new JsonException($"address is missing; {Expected}") : new TcpUpstreamOptions(address, priority);
    }
}
