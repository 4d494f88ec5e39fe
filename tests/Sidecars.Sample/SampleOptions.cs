using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;

namespace Sidecars.Sample;

/// <summary>One option of every kind that a sidecar may have.</summary>
internal sealed class SampleOptions : SidecarOptions
{
    [Description("Lists of mappings.")]
    public List<TargetOptions> Targets { get; set; } = [new() { Name = "default", Paths = ["/var/log/*.log"] }];

    [Description("Mappings by name.")]
    public Dictionary<string, int> Weights { get; set; } = [];

    [Description("A listener beside the admin port. Default: none.")]
    public ListenAddress? Data { get; set; }

    [Description("What the drain step waits. Default: 0s.")]
    public TimeSpan DrainTime { get; set; }
}

internal sealed class TargetOptions
{
    [Required]
    [Description("A name.")]
    public string Name { get; set; } = "";

    [Description("Paths.")]
    public List<string> Paths { get; set; } = [];

    [Description("How it is picked. Default: round-robin.")]
    public Balance Balance { get; set; } = Balance.RoundRobin;

    [Description("A duration. Default: 5s.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("A size. Default: 64KiB.")]
    [AllowedRange("1KiB", "1MiB")]
    public ByteSize Buffer { get; set; } = ByteSize.KiB(64);

    [Description("A number. Default: 3.")]
    [AllowedRange("0", "10")]
    public int Retries { get; set; } = 3;

    [Description("A share. Default: none.")]
    [AllowedRange("0", "1")]
    public double? Share { get; set; }

    [Description("A switch. Default: false.")]
    public bool Enabled { get; set; }

    [Description("A password.")]
    public Secret? Password { get; set; }

    [Description("An address.")]
    public ListenAddress? Listen { get; set; }
}

[JsonConverter(typeof(JsonStringEnumConverter<Balance>))]
internal enum Balance
{
    [JsonStringEnumMemberName("round-robin")]
    RoundRobin,

    [JsonStringEnumMemberName("least-requests")]
    LeastRequests,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(SampleOptions))]
internal sealed partial class SampleOptionsContext : JsonSerializerContext;
