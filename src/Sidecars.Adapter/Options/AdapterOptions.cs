using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;

namespace Sidecars.Adapter.Options;

/// <summary>The adapter's configuration. A preset is nothing but inputs that need not be written, see <see cref="NginxPreset"/>.</summary>
internal sealed class AdapterOptions : SidecarOptions
{
    [Description("Ready-made inputs for a well-known application: nginx. Default: nginx where no inputs are given, else none.")]
    public Preset? Preset { get; set; }

    [Description("Where the nginx preset finds nginx; giving any of it asks for the preset.")]
    public NginxOptions? Nginx { get; set; }

    [Description("What to read, by a name of your choice: a log to follow (tail), a page to ask for at every scrape (http, file and the like), or a command to run (exec).")]
    public Dictionary<string, InputOptions> Inputs { get; set; } = [];

    [Description("Allows inputs that run a command (exec). Default: false.")]
    public bool AllowExec { get; set; }

    [Description("Tells what the pod itself uses: CPU, memory, IO, network, volumes and processes. Default: not told.")]
    public PodOptions? Pod { get; set; }

    [Description("Pages of metrics of other processes in the pod, by a name of your choice, which become part of the adapter's page.")]
    public Dictionary<string, MergeOptions> Prometheus { get; set; } = [];

    [Description("Targets that the scraper names: /probe?target=ADDRESS&module=NAME on the admin port. Default: none may be probed.")]
    public ProbeOptions? Probe { get; set; }

    [Description("Receives what applications push as StatsD.")]
    public StatsdOptions? Statsd { get; set; }

    [Description("Receives what applications push as Graphite's plaintext.")]
    public GraphiteOptions? Graphite { get; set; }

    [Description("Receives what applications push as InfluxDB's line protocol.")]
    public InfluxOptions? Influxdb { get; set; }

    [Description("Receives what collectd sends.")]
    public CollectdOptions? Collectd { get; set; }

    [Description("Pushes the page, for pods that end before they are scraped. Default: not pushed.")]
    public RemoteWriteOptions? RemoteWrite { get; set; }

    [Description("Bounds on what the inputs can make of hostile or unexpected text.")]
    public LimitsOptions Limits { get; set; } = new();

    [Description("Where counts of logs are kept over a restart.")]
    public StateOptions State { get; set; } = new();

    [Description("How the page of metrics is written.")]
    public ExpositionOptions Exposition { get; set; } = new();

    [Description("Tests of this configuration, run by 'adapter test': sample text for an input, and the series that must come of it.")]
    public List<TestOptions> Tests { get; set; } = [];
}

[JsonConverter(typeof(JsonStringEnumConverter<Preset>))]
internal enum Preset
{
    [JsonStringEnumMemberName("nginx")]
    Nginx,
}

internal sealed class NginxOptions
{
    public const string Off = "off";

    [Description("The address of nginx's stub_status page; off for none. Default: http://127.0.0.1:8080/stub_status.")]
    public string Status { get; set; } = "http://127.0.0.1:8080/stub_status";

    [Description("The access log to follow: a path, or a pattern with * and ?; off for none. Default: /var/log/nginx/access.log.")]
    public string AccessLog { get; set; } = "/var/log/nginx/access.log";

    [Description("The log_format of that log: nginx's own string, the whole directive as it stands in nginx.conf, or combined or main. Default: combined.")]
    public string LogFormat { get; set; } = "combined";
}

internal sealed class LimitsOptions
{
    [Description("The most series of all inputs together; beyond it, samples of new series are counted in their metric's overflow series. Default: 20000.")]
    [AllowedRange("1", "1000000")]
    public int Series { get; set; } = 20_000;

    [Description("The most series of one metric. Default: 2000.")]
    [AllowedRange("1", "1000000")]
    public int PerMetric { get; set; } = 2_000;

    [Description("The most bytes of a label's value; what is longer is cut between characters. Default: 128.")]
    [AllowedRange("8", "1024")]
    public int LabelBytes { get; set; } = 128;

    [Description("How long a series that a log made stays without a new sample; a metric's own expire goes first. Default: for ever.")]
    public TimeSpan? Expire { get; set; }

    [Description("What the labels of an overflow series say, and what a label says for a value that is not allowed. Default: other.")]
    public string Overflow { get; set; } = "other";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(AdapterOptions))]
internal sealed partial class AdapterOptionsContext : JsonSerializerContext;
