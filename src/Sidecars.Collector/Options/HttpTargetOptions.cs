using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>What all outputs that speak HTTP have in common.</summary>
internal abstract class HttpTargetOptions
{
    [Description("More headers of each request; a value may be ${file:/path}, which is followed when it changes. Default: none.")]
    public Dictionary<string, Secret> Headers { get; set; } = [];

    [Description("Name and password (HTTP basic authentication). Default: none.")]
    public BasicCredentials? Basic { get; set; }

    [Description("A token, sent as 'Authorization: Bearer TOKEN'; ${file:/path} is followed when it changes. Default: none.")]
    public Secret? Bearer { get; set; }

    [Description("none, gzip or zstd. Default: none.")]
    public Compression? Compression { get; set; }

    [Description("How hard to compress: 1 to 9 for gzip, 1 to 22 for zstd. Default: 1.")]
    [AllowedRange("1", "22")]
    public int CompressionLevel { get; set; } = 1;

    [Description("How long a connection may take, TLS included. Default: 5s.")]
    [AllowedRange("10ms", "5m")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("How long a request may take, from its first byte to the last of the answer. Default: 30s.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan? RequestTimeout { get; set; }

    [Description("How https connections are secured. Default: as the system's authorities say.")]
    public ClientTlsOptions? Tls { get; set; }
}

/// <summary>HTTP basic authentication (RFC 7617).</summary>
internal sealed class BasicCredentials
{
    [Required]
    [Description("The name; it may not have a colon.")]
    public string User { get; set; } = "";

    [Required]
    [Description("The password; ${file:/path} is followed when it changes.")]
    public Secret Password { get; set; } = new("");
}

/// <summary>How a request's body is made smaller.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Compression>))]
internal enum Compression
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("gzip")]
    Gzip,

    [JsonStringEnumMemberName("zstd")]
    Zstd,
}
