using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>A receiver of the Forward protocol: Fluentd, Fluent Bit and others.</summary>
internal sealed class ForwardOutputOptions
{
    [Required]
    [Description("The receiver: host:port or unix:/path.")]
    public ReceiverAddress? Address { get; set; }

    [Description("TLS; {} checks the server against the system's authorities. Default: none.")]
    public ClientTlsOptions? Tls { get; set; }

    [Description("The tag of every record, by which the receiver routes it. Default: sidecars.")]
    public string Tag { get; set; } = "sidecars";

    [Description("The key that both sides know; with it each connection begins with the protocol's handshake. Default: no handshake.")]
    public Secret? SharedKey { get; set; }

    [Description("The user, where the receiver asks for one. Default: none.")]
    public string? Username { get; set; }

    [Description("The user's password. Default: none.")]
    public Secret? Password { get; set; }

    [Description("The name that this side gives in the handshake. Default: the pod's name.")]
    public string? Hostname { get; set; }

    [Description("Whether the receiver acknowledges each chunk. Without it, what a receiver that dies had not taken up is lost. Default: true.")]
    public bool Ack { get; set; } = true;

    [Description("none, or gzip (CompressedPackedForward). Default: none.")]
    public ForwardCompression Compress { get; set; } = ForwardCompression.None;

    [Description("How long to wait for a connection, for the handshake, for a receiver that takes nothing and for an acknowledgement. Default: 30s.")]
    [AllowedRange("100ms", "10m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>How chunks are compressed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForwardCompression>))]
internal enum ForwardCompression
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("gzip")]
    Gzip,
}
