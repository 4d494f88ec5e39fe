using System.Text.Json.Serialization;

namespace Sidecars.Ambassador.Options;

/// <summary>What is spoken over a TCP service: decides how a health check asks, and where in the conversation TLS begins.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TcpProtocol>))]
internal enum TcpProtocol
{
    [JsonStringEnumMemberName("any")]
    Any,

    [JsonStringEnumMemberName("postgresql")]
    PostgreSql,

    [JsonStringEnumMemberName("mysql")]
    MySql,

    [JsonStringEnumMemberName("redis")]
    Redis,
}

/// <summary>Whether a server is told who connects.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProxyProtocolVersion>))]
internal enum ProxyProtocolVersion
{
    [JsonStringEnumMemberName("off")]
    Off,

    [JsonStringEnumMemberName("v1")]
    V1,

    [JsonStringEnumMemberName("v2")]
    V2,
}
