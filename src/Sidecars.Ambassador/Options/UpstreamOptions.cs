using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>One server of a service: its address, or a mapping that holds the address.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Weight">Its share of the requests, relative to the others'; 1 to 1000.</param>
/// <param name="Priority">Servers of a higher number get requests only where none of a lower one is to be had; 0 to 1000.</param>
/// <param name="Zone">Where it stands; those of the service's own zone come first within a priority.</param>
/// <param name="Srv">The name whose SRV records say which servers stand behind the address.</param>
[JsonConverter(typeof(UpstreamOptionsConverter))]
[Schema("""
    { "oneOf": [ { "type": "string" }, { "type": "object", "properties": {
      "address": { "type": "string", "description": "The server's address." },
      "weight": { "type": "integer", "minimum": 1, "maximum": 1000, "description": "Its share of the requests, relative to the others'. Default: 1." },
      "priority": { "type": "integer", "minimum": 0, "maximum": 1000, "description": "Servers of a higher number get requests only where none of a lower one is to be had. Default: 0." },
      "zone": { "type": "string", "description": "Where the server stands; those of the service's own zone come first within a priority. Default: none." },
      "srv": { "type": "string", "description": "A name such as _http._tcp.api.example.com, whose SRV records say which servers and ports stand behind the address; the address then gives the scheme, the Host header, the name for TLS and the path. Default: none." }
    }, "required": ["address"], "additionalProperties": false } ] }
    """)]
internal sealed record UpstreamOptions(string Address, int Weight = 1, int Priority = 0, string? Zone = null, string? Srv = null)
{
    /// <summary>Whether nothing but the address is said.</summary>
    [JsonIgnore]
    public bool IsPlain => Weight == 1 && Priority == 0 && Zone is null && Srv is null;
}

/// <summary>Reads an upstream from a text or a mapping.</summary>
internal sealed class UpstreamOptionsConverter() : UpstreamMapping<UpstreamOptions>("weight, priority, zone and srv")
{
    public override void Write(Utf8JsonWriter writer, UpstreamOptions value, JsonSerializerOptions options)
    {
        if (value.IsPlain)
        {
            writer.WriteStringValue(value.Address);
            return;
        }

        WriteMapping(writer, value.Address, value.Srv, own =>
        {
            own.WriteNumber("weight", value.Weight);
            own.WriteNumber("priority", value.Priority);
            if (value.Zone is not null)
            {
                own.WriteString("zone", value.Zone);
            }
        });
    }

    protected override UpstreamOptions Of(string address) => new(address);

    protected override UpstreamOptions? With(UpstreamOptions upstream, string key, ref Utf8JsonReader reader) => key switch
    {
        "address" => upstream with { Address = TextOf(ref reader, key) },
        "weight" => upstream with { Weight = NumberOf(ref reader, key, 1, 1000) },
        "priority" => upstream with { Priority = NumberOf(ref reader, key, 0, 1000) },
        "srv" => upstream with { Srv = TextOf(ref reader, key) },
        "zone" => upstream with { Zone = TextOf(ref reader, key) },
        _ => null,
    };
}
