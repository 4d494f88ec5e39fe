using System.Text.Json.Serialization;

namespace Sidecars.Ambassador.Options;

/// <summary>Which HTTP requests are logged.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AccessLogScope>))]
internal enum AccessLogScope
{
    [JsonStringEnumMemberName("errors")]
    Errors,

    [JsonStringEnumMemberName("all")]
    All,

    [JsonStringEnumMemberName("off")]
    Off,
}
