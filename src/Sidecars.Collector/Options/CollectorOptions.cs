using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Collector.Records;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;

namespace Sidecars.Collector.Options;

/// <summary>The collector's configuration; with none at all it delivers nginx's logs to standard output.</summary>
internal sealed class CollectorOptions : SidecarOptions
{
    [Description("Which files are followed. Default: /var/log/nginx/*.log from the beginning.")]
    public List<InputOptions> Inputs { get; set; } = [new() { Paths = ["/var/log/nginx/*.log"] }];

    [Description("Where every line goes; each output goes its own pace and none holds up another. Default: stdout.")]
    public List<OutputOptions> Outputs { get; set; } = [new() { Stdout = new() }];

    [Description("Short for one more output: a file with this path. Default: none.")]
    public string? File { get; set; }

    [Description("Where the collector keeps how far each output got in each file.")]
    public StateOptions State { get; set; } = new();

    [Description("Where records go that a receiver refuses for good. Default: nowhere, they are counted and the first of them told in the log.")]
    public DeadLetterOptions? DeadLetters { get; set; }

    [Description("never, or after-delivery: the room of what every output has delivered is given back to the volume while the application goes on writing (as holes in the files). The collector must run as the user that the files belong to. Default: never.")]
    public ReclaimMode Reclaim { get; set; } = ReclaimMode.Never;

    [Description("The volume that the files are on.")]
    public VolumeOptions Volume { get; set; } = new();

    [Description("none, or stdout: what no receiver took when the process ends is written to standard output, as it is. Default: none.")]
    public SpillMode Spill { get; set; } = SpillMode.None;

    [Description("The memory for what is on its way.")]
    public MemoryOptions Memory { get; set; } = new();

    [Description("How files are followed.")]
    public FollowOptions Follow { get; set; } = new();

    /// <summary>The outputs with the short form among them.</summary>
    public IEnumerable<OutputOptions> AllOutputs() =>
        File is null ? Outputs : Outputs.Append(new OutputOptions { File = new FileOutputOptions { Path = File } });
}

/// <summary>Files that are followed in the same way.</summary>
internal sealed class InputOptions
{
    [Required]
    [Description("Absolute paths. * stands for any characters of a name, ? for one, ** for any number of folders.")]
    public List<string> Paths { get; set; } = [];

    [Description("Paths that are left out; without a slash it is a name in any folder, such as *.gz. Default: none.")]
    public List<string> Exclude { get; set; } = [];

    [Description("Where to begin in files that are there when the collector starts for the first time; files that appear later are read from the beginning. Default: beginning.")]
    public ReadFrom ReadFrom { get; set; } = ReadFrom.Beginning;

    [Description("Whether files of these paths whose names end in .gz are decompressed and their lines delivered, each file once; what was delivered of a file before it was compressed is not delivered again. Else they are followed as any other file. Default: false.")]
    public bool Compressed { get; set; }

    [Description("How the files' characters are written: auto, utf-8, utf-16le or utf-16be. auto: as the byte order mark at the head of the file says, UTF-8 where there is none. Text in UTF-16 is delivered in UTF-8. Default: auto.")]
    public FileEncoding Encoding { get; set; } = FileEncoding.Auto;

    [Description("How each line is taken apart into fields. A line that is not of the format is delivered as it is, marked and counted. Default: not at all.")]
    public ParseOptions? Parse { get; set; }

    [Description("What becomes, in JSON, of a text whose bytes are not UTF-8. replace: each wrong sequence becomes U+FFFD. base64: the whole text in base64, under its key with _base64 behind it. keep: the bytes as they are, which strict readers refuse. Default: replace.")]
    public InvalidUtf8 InvalidUtf8 { get; set; } = InvalidUtf8.Replace;

    [Description("What becomes of a line over follow.line_limit. split: it comes in pieces, each a line of its own. truncate: its beginning is delivered and the rest dropped, and counted. Default: split.")]
    public TooLong TooLong { get; set; } = TooLong.Split;

    [Description("Which lines belong together, such as those of a stack trace. Default: each line is by itself.")]
    public MultilineOptions? Multiline { get; set; }

    [Description("What is done with each line, in order. Default: nothing.")]
    public List<StepOptions> Steps { get; set; } = [];
}

/// <summary>Where to begin in a file.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReadFrom>))]
internal enum ReadFrom
{
    [JsonStringEnumMemberName("beginning")]
    Beginning,

    [JsonStringEnumMemberName("end")]
    End,
}

/// <summary>One place where every line goes: exactly one of the kinds is given.</summary>
internal sealed class OutputOptions
{
    [Description("The name in metrics, in the log and in the state; needed when two outputs are of one kind. Default: the kind.")]
    public string? Name { get; set; }

    [Description("Standard output, for kubectl logs.")]
    public StdoutOptions? Stdout { get; set; }

    [Description("A file.")]
    public FileOutputOptions? File { get; set; }

    [Description("How much goes at once.")]
    public BatchOptions Batch { get; set; } = new();

    [Description("How long to wait before a batch is tried again.")]
    public RetryOptions Retry { get; set; } = new();

    [Description("A syslog server, over TCP, TLS, UDP or a Unix socket.")]
    public SyslogOutputOptions? Syslog { get; set; }

    [Description("Fluentd, Fluent Bit or another receiver of the Forward protocol.")]
    public ForwardOutputOptions? Forward { get; set; }

    [Description("A TCP connection with a line for each record.")]
    public TcpOutputOptions? Tcp { get; set; }

    [Description("A Unix stream socket with a line for each record.")]
    public UnixOutputOptions? Unix { get; set; }

    [Description("A server that takes batches as HTTP requests.")]
    public HttpOutputOptions? Http { get; set; }

    [Description("Elasticsearch or OpenSearch.")]
    public ElasticsearchOutputOptions? Elasticsearch { get; set; }

    [Description("Grafana Loki.")]
    public LokiOutputOptions? Loki { get; set; }

    [Description("A receiver of the OpenTelemetry protocol.")]
    public OtlpOutputOptions? Otlp { get; set; }

    [Description("A topic of a Kafka cluster; in builds that have Kafka.")]
    public KafkaOutputOptions? Kafka { get; set; }

    /// <summary>Whether lines go out as they stand in the file, so that a batch is no larger than what was read.</summary>
    public bool IsRaw() => (Stdout?.Encoding ?? File?.Encoding ?? Tcp?.Encoding ?? Unix?.Encoding) == LineEncoding.Raw || Http?.Encoding == HttpEncoding.Raw;

    /// <summary>The kinds there are, by their keys, and what is given of each.</summary>
    public IEnumerable<(string Kind, object? Given)> Kinds() =>
    [
        ("stdout", Stdout),
        ("file", File),
        ("syslog", Syslog),
        ("forward", Forward),
        ("tcp", Tcp),
        ("unix", Unix),
        ("http", Http),
        ("elasticsearch", Elasticsearch),
        ("loki", Loki),
        ("otlp", Otlp),
        ("kafka", Kafka),
    ];

    /// <summary>The name given, else the kind.</summary>
    public string EffectiveName() => Name ?? Kinds().FirstOrDefault(kind => kind.Given is not null, ("stdout", null)).Kind;
}

/// <summary>Standard output.</summary>
internal sealed class StdoutOptions
{
    [Description("raw: every line as it is. json: one object a line with time, file and text. Default: raw.")]
    public LineEncoding Encoding { get; set; } = LineEncoding.Raw;
}

/// <summary>A file that lines are appended to.</summary>
internal sealed class FileOutputOptions
{
    [Required]
    [Description("Absolute path; the file is created with mode 0644 and its folder with it.")]
    public string Path { get; set; } = "";

    [Description("raw: every line as it is. json: one object a line with time, file and text. Default: raw.")]
    public LineEncoding Encoding { get; set; } = LineEncoding.Raw;

    [Description("The size at which the file becomes PATH.1 and a new one is begun. Default: never.")]
    [AllowedRange("64KiB", "1TiB")]
    public ByteSize? MaxSize { get; set; }

    [Description("The age at which the file becomes PATH.1, with the first batch that comes then. Default: never.")]
    [AllowedRange("1m", "366d")]
    public TimeSpan? MaxAge { get; set; }

    [Description("Whether older files are compressed with gzip, to PATH.1.gz; in the background, each whole or not at all. Default: false.")]
    public bool Compress { get; set; }

    [Description("How many such older files are kept. Default: 1.")]
    [AllowedRange("1", "100")]
    public int Keep { get; set; } = 1;
}

/// <summary>How a line is written.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LineEncoding>))]
internal enum LineEncoding
{
    [JsonStringEnumMemberName("raw")]
    Raw,

    [JsonStringEnumMemberName("json")]
    Json,
}

/// <summary>The collector's memory over restarts.</summary>
internal sealed class StateOptions
{
    [Description("A folder of the pod, such as an emptyDir; where it cannot be written, a restarted collector begins anew. Default: /var/lib/sidecars.")]
    public string Directory { get; set; } = "/var/lib/sidecars";
}

/// <summary>How files are followed.</summary>
internal sealed class FollowOptions
{
    [Description("How often files are looked at where inotify cannot be had; four times as long where it tells what happens. Shorten it for network file systems. Default: 500ms.")]
    [AllowedRange("10ms", "1m")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

    [Description("How long a renamed or deleted file stays open after the last write to it. Default: 30s.")]
    [AllowedRange("0s", "1d")]
    public TimeSpan RotatedGrace { get; set; } = TimeSpan.FromSeconds(30);

    [Description("The longest line; a longer one is delivered in pieces, and counted. Default: 256KiB.")]
    [AllowedRange("4KiB", "64MiB")]
    public ByteSize LineLimit { get; set; } = ByteSize.KiB(256);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(CollectorOptions))]
internal sealed partial class CollectorOptionsContext : JsonSerializerContext
{
    /// <summary>For telling whether options changed, secrets included; what is written shows none of them.</summary>
    public static CollectorOptionsContext ForComparison => field ??= new(new(Default.Options) { Converters = { new SecretIdentityConverter() } });
}
