using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>Lines over a TCP connection.</summary>
internal sealed class TcpOutputOptions
{
    [Required]
    [Description("The receiver: host:port.")]
    public ReceiverAddress? Address { get; set; }

    [Description("TLS; {} checks the server against the system's authorities. Default: none.")]
    public ClientTlsOptions? Tls { get; set; }

    [Description("raw: every line as it is. json: one object a line with time, file and text. Default: raw.")]
    public LineEncoding Encoding { get; set; } = LineEncoding.Raw;

    [Description("How long to wait for a connection, and for a receiver that takes nothing. Default: 10s.")]
    [AllowedRange("100ms", "10m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>Lines over a Unix stream socket.</summary>
internal sealed class UnixOutputOptions
{
    [Required]
    [Description("The absolute path of the socket that the receiver listens on.")]
    public string Path { get; set; } = "";

    [Description("raw: every line as it is. json: one object a line with time, file and text. Default: raw.")]
    public LineEncoding Encoding { get; set; } = LineEncoding.Raw;

    [Description("How long to wait for a connection, and for a receiver that reads nothing. Default: 10s.")]
    [AllowedRange("100ms", "10m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
