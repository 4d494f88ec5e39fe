using System.Text.Json.Serialization;

namespace Sidecars.Ambassador.Options;

/// <summary>What a listener speaks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ListenerProtocol>))]
internal enum ListenerProtocol
{
    [JsonStringEnumMemberName("http1")]
    Http1,

    [JsonStringEnumMemberName("h2c")]
    H2c,
}

/// <summary>What is spoken to a server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UpstreamProtocol>))]
internal enum UpstreamProtocol
{
    [JsonStringEnumMemberName("auto")]
    Auto,

    [JsonStringEnumMemberName("http1")]
    Http1,

    [JsonStringEnumMemberName("http2")]
    Http2,
}
