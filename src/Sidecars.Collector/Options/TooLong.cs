using System.Text.Json.Serialization;

namespace Sidecars.Collector.Options;

/// <summary>What becomes of a line over the limit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TooLong>))]
internal enum TooLong
{
    /// <summary>It comes in pieces, each a line of its own.</summary>
    [JsonStringEnumMemberName("split")]
    Split,

    /// <summary>Its beginning is delivered, the rest dropped.</summary>
    [JsonStringEnumMemberName("truncate")]
    Truncate,
}
