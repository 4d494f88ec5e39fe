using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Where applications push their samples to, and what becomes of the samples' names.</summary>
internal abstract class PushOptions
{
    [Description("Receives datagrams on this UDP address: host:port or :port. Default: none.")]
    public ListenAddress? Udp { get; set; }

    [Description("Receives lines on this TCP address: host:port or :port. Default: none.")]
    public ListenAddress? Tcp { get; set; }

    [Description("The size asked of the kernel for datagrams that wait to be read; the kernel gives at most net.core.rmem_max. Default: 4MiB.")]
    public ByteSize ReceiveBuffer { get; set; } = ByteSize.MiB(4);

    [Description("The most TCP connections at a time; further ones are closed at once. Default: 100.")]
    [AllowedRange("1", "10000")]
    public int Connections { get; set; } = 100;

    [Description("Labels that every series of it gets, so that sources that say the same can be told apart; those of a mapping go before them, tags of a sample behind. Default: none.")]
    public Dictionary<string, string> Labels { get; set; } = [];

    [Description("What mappings say where they do not say it themselves; as in statsd_exporter's mapping file.")]
    public MappingDefaults Defaults { get; set; } = new();

    [Description("How names become metrics with labels: the first that matches; as in statsd_exporter's mapping file. What none matches keeps its name, with _ for what names cannot hold.")]
    public List<MappingOptions> Mappings { get; set; } = [];

    /// <summary>The path of a Unix socket to receive on, where the protocol has that and it is wanted.</summary>
    [JsonIgnore]
    public virtual string? UnixPath => null;

    /// <summary>Whether it comes over HTTP, too.</summary>
    [JsonIgnore]
    public virtual bool HasHttp => false;
}

/// <summary>StatsD and DogStatsD.</summary>
internal sealed class StatsdOptions : PushOptions
{
    [Description("Receives datagrams on a Unix socket at this absolute path, which is made anew. Default: none.")]
    public string? Unix { get; set; }

    [JsonIgnore]
    public override string? UnixPath => Unix;
}

/// <summary>Graphite's plaintext protocol.</summary>
internal sealed class GraphiteOptions : PushOptions
{
}
