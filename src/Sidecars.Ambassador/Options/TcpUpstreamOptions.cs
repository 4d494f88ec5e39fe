using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>One server of a TCP service: its address, or a mapping that says more about it.</summary>
/// <param name="Address"><c>host:port</c>, <c>[address]:port</c> or <c>unix:/path</c>.</param>
/// <param name="Priority">Servers with a higher number get connections only while none with a lower one can be used. From 0 to 100.</param>
/// <param name="Srv">The name whose SRV records say which servers stand behind the address.</param>
[JsonConverter(typeof(TcpUpstreamOptionsConverter))]
[Schema("""
    { "oneOf": [ { "type": "string" }, { "type": "object", "properties": {
        "address": { "type": "string", "description": "host:port or unix:/path" },
        "priority": { "type": "integer", "minimum": 0, "maximum": 100, "description": "Servers with a higher number get connections only while none with a lower one can be used. Default: 0." },
        "srv": { "type": "string", "description": "A name such as _mysql._tcp.db.example.com, whose SRV records say which servers and ports stand behind the address; the host of the address is then only the name for TLS. Default: none." }
      }, "required": ["address"], "additionalProperties": false } ] }
    """)]
internal sealed record TcpUpstreamOptions(string Address, int Priority = 0, string? Srv = null);

/// <summary>Reads a TCP upstream from a text or a mapping.</summary>
internal sealed class TcpUpstreamOptionsConverter : JsonConverter<TcpUpstreamOptions>
{
    private const string Expected = "write the address itself, or a mapping with the keys address, priority and srv";

    public override TcpUpstreamOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new TcpUpstreamOptions(reader.GetString()!),
        JsonTokenType.StartObject => ReadMapping(ref reader),
        _ => throw new JsonException($"not an upstream; {Expected}"),
    };

    public override void Write(Utf8JsonWriter writer, TcpUpstreamOptions value, JsonSerializerOptions options)
    {
        if (value.Priority == 0 && value.Srv is null)
        {
            writer.WriteStringValue(value.Address);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("address", value.Address);
        writer.WriteNumber("priority", value.Priority);
        if (value.Srv is not null)
        {
            writer.WriteString("srv", value.Srv);
        }

        writer.WriteEndObject();
    }

    private static string TextOf(ref Utf8JsonReader reader, string key) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException($"{key} is a text");

    private static TcpUpstreamOptions ReadMapping(ref Utf8JsonReader reader)
    {
        string? address = null;
        string? srv = null;
        var priority = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            switch (key)
            {
                case "address":
                    address = TextOf(ref reader, key);
                    break;
                case "priority":
                    priority = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number is >= 0 and <= 100
                        ? number
                        : throw new JsonException("priority is a whole number from 0 (first) to 100");
                    break;
                case "srv":
                    srv = TextOf(ref reader, key);
                    break;
                default:
                    throw new JsonException($"unknown key '{key}'; {Expected}");
            }
        }

        return address is null ? throw new JsonException($"address is missing; {Expected}") : new TcpUpstreamOptions(address, priority, srv);
    }
}
