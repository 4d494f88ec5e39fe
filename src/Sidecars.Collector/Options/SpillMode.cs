using System.Text.Json.Serialization;

namespace Sidecars.Collector.Options;

/// <summary>What becomes of lines that no receiver took when the process ends.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SpillMode>))]
internal enum SpillMode
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("stdout")]
    Stdout,
}
