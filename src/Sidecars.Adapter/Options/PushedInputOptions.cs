using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sidecars.Adapter.Options;

/// <summary>What an input says of samples that are pushed to it. It has listeners and mappings of its own, so there may be many.</summary>
internal sealed partial class InputOptions
{
    [Description("Receives what applications push as StatsD; as the key of that name outside inputs, but any number of times.")]
    public StatsdOptions? Statsd { get; set; }

    [Description("Receives what applications push as Graphite's plaintext; as the key of that name outside inputs, but any number of times.")]
    public GraphiteOptions? Graphite { get; set; }

    [Description("Receives what applications push as InfluxDB's line protocol; as the key of that name outside inputs, but any number of times.")]
    public InfluxOptions? Influxdb { get; set; }

    [Description("Receives what collectd sends; as the key of that name outside inputs, but any number of times.")]
    public CollectdOptions? Collectd { get; set; }

    /// <summary>What is pushed to, where this is such an input.</summary>
    [JsonIgnore]
    public PushOptions? Push => (PushOptions?)Statsd ?? (PushOptions?)Graphite ?? (PushOptions?)Influxdb ?? Collectd;

    /// <summary>The keys of a log or page that were given, which mean nothing for samples that are pushed.</summary>
    [JsonIgnore]
    public IEnumerable<string> NotForPushed => Given(
        ("preset", Preset is null ? null : ""), ("up", Up), ("interval", Interval is null ? null : ""), ("metrics", Metrics.Count == 0 ? null : "")).Concat(Forms);

    private static string? Key(object? source) => source is null ? null : "";
}
