using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>A topic of a Kafka cluster; only in builds that have Kafka (<c>-p:Kafka=true</c>).</summary>
internal sealed class KafkaOutputOptions
{
    [Required]
    [Description("Some brokers of the cluster, each host:port.")]
    public List<string> Brokers { get; set; } = [];

    [Required]
    [Description("The topic.")]
    public string Topic { get; set; } = "";

    [Description("raw: the value is the line as it is. json: one object with time, file and text or fields. Default: json.")]
    public LineEncoding Encoding { get; set; } = LineEncoding.Json;

    [Description("id: the record's stable id, which tells a repetition. file: the file's path, which keeps its records in order in one partition. Default: id.")]
    public KafkaKey Key { get; set; } = KafkaKey.Id;

    [Description("none, gzip, snappy, lz4 or zstd. Default: none.")]
    public KafkaCompression Compression { get; set; } = KafkaCompression.None;

    [Description("TLS; {} checks the brokers against the system's authorities. Default: none.")]
    public ClientTlsOptions? Tls { get; set; }

    [Description("How to log in. Default: not at all.")]
    public KafkaSaslOptions? Sasl { get; set; }

    [Description("How long the client tries to deliver a record on its own; then it is tried again as any failed batch. Default: 30s.")]
    [AllowedRange("1s", "10m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    [Description("Further settings of librdkafka by its names, such as client.id; those that delivery rests on (acks, idempotence) are refused. Default: none.")]
    public Dictionary<string, string> Settings { get; set; } = [];
}

/// <summary>What a record's key is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KafkaKey>))]
internal enum KafkaKey
{
    [JsonStringEnumMemberName("id")]
    Id,

    [JsonStringEnumMemberName("file")]
    File,
}

/// <summary>How the client compresses.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KafkaCompression>))]
internal enum KafkaCompression
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("gzip")]
    Gzip,

    [JsonStringEnumMemberName("snappy")]
    Snappy,

    [JsonStringEnumMemberName("lz4")]
    Lz4,

    [JsonStringEnumMemberName("zstd")]
    Zstd,
}

/// <summary>A login by SASL.</summary>
internal sealed class KafkaSaslOptions
{
    [Description("plain, scram_sha_256 or scram_sha_512. Default: scram_sha_512.")]
    public KafkaSaslMechanism Mechanism { get; set; } = KafkaSaslMechanism.ScramSha512;

    [Required]
    [Description("The user.")]
    public string Username { get; set; } = "";

    [Required]
    [Description("The user's password.")]
    public Secret? Password { get; set; }
}

/// <summary>How a password is proved.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KafkaSaslMechanism>))]
internal enum KafkaSaslMechanism
{
    [JsonStringEnumMemberName("plain")]
    Plain,

    [JsonStringEnumMemberName("scram_sha_256")]
    ScramSha256,

    [JsonStringEnumMemberName("scram_sha_512")]
    ScramSha512,
}
