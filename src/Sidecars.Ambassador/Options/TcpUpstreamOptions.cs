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
internal sealed class TcpUpstreamOptionsConverter() : UpstreamMapping<TcpUpstreamOptions>("priority and srv")
{
    public override void Write(Utf8JsonWriter writer, TcpUpstreamOptions value, JsonSerializerOptions options)
    {
        if (value.Priority == 0 && value.Srv is null)
        {
            writer.WriteStringValue(value.Address);
            return;
        }

        WriteMapping(writer, value.Address, value.Srv, own => own.WriteNumber("priority", value.Priority));
    }

    protected override TcpUpstreamOptions Of(string address) => new(address);

    protected override TcpUpstreamOptions? With(TcpUpstreamOptions upstream, string key, ref Utf8JsonReader reader) => key switch
    {
        "address" => upstream with { Address = TextOf(ref reader, key) },
        "priority" => upstream with { Priority = NumberOf(ref reader, key, 0, 100) },
        "srv" => upstream with { Srv = TextOf(ref reader, key) },
        _ => null,
    };
}
