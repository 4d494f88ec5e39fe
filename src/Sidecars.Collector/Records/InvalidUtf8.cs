using System.Text.Json.Serialization;

namespace Sidecars.Collector.Records;

/// <summary>What becomes, in JSON, of a text whose bytes are not UTF-8.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InvalidUtf8>))]
internal enum InvalidUtf8
{
    /// <summary>Each wrong sequence becomes U+FFFD.</summary>
    [JsonStringEnumMemberName("replace")]
    Replace,

    /// <summary>All bytes of the text in base64, under its key with <c>_base64</c> behind it.</summary>
    [JsonStringEnumMemberName("base64")]
    Base64,

    /// <summary>The bytes as they are: what comes out is then not JSON to a strict reader.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,
}
