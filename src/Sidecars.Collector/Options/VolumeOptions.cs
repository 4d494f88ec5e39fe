using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>When the room that delivered lines take is given back to the volume.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReclaimMode>))]
internal enum ReclaimMode
{
    [JsonStringEnumMemberName("never")]
    Never,

    [JsonStringEnumMemberName("after-delivery")]
    AfterDelivery,
}

/// <summary>What is given up when the volume fills.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GiveUpMode>))]
internal enum GiveUpMode
{
    [JsonStringEnumMemberName("nothing")]
    Nothing,

    [JsonStringEnumMemberName("oldest")]
    Oldest,
}

/// <summary>The volume that the files are on.</summary>
internal sealed class VolumeOptions
{
    [Description("The bytes that the followed files may take up before it is told as a warning. Default: never.")]
    [AllowedRange("64KiB", "1TiB")]
    public ByteSize? HighWater { get; set; }

    [Description("nothing, or oldest: over high_water the oldest lines are given up undelivered, and counted, until there is room; needs reclaim: after-delivery. Default: nothing.")]
    public GiveUpMode GiveUp { get; set; } = GiveUpMode.Nothing;

    [Description("Whether files that were renamed away from the paths that are followed are deleted once every output has delivered them and rotated_grace is over. Default: false.")]
    public bool DeleteRotated { get; set; }
}
