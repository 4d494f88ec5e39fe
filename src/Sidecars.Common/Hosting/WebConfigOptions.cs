using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Common.Hosting;

/// <summary>The file that exporters share: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md.</summary>
internal sealed class WebConfigOptions
{
    [Description("TLS; without it the port speaks plain HTTP.")]
    public WebTlsOptions TlsServerConfig { get; set; } = new();

    [Description("HTTP/2 and header fields.")]
    public WebHttpOptions HttpServerConfig { get; set; } = new();

    [Description("Names and the bcrypt hashes of their passwords; without any, nobody is asked.")]
    public Dictionary<string, Secret> BasicAuthUsers { get; set; } = [];
}

/// <summary>TLS of the port.</summary>
internal sealed class WebTlsOptions
{
    [Description("The server's certificate as PEM, intermediates behind it.")]
    public string? Cert { get; set; }

    [Description("The private key as PEM, not encrypted.")]
    public Secret? Key { get; set; }

    [Description("The authorities of clients as PEM.")]
    public string? ClientCa { get; set; }

    [Description("A file with the server's certificate as PEM; read again when it changes.")]
    public string? CertFile { get; set; }

    [Description("A file with the private key as PEM; read again when it changes.")]
    public string? KeyFile { get; set; }

    [Description("What clients must show.")]
    public ClientCertificates ClientAuthType { get; set; }

    [Description("A file with the authorities of clients as PEM; read again when it changes.")]
    public string? ClientCaFile { get; set; }

    [Description("Subject alternative names, one of which a client's certificate must have.")]
    public List<string> ClientAllowedSans { get; set; } = [];

    [Description("The oldest version of TLS.")]
    public WebTlsVersion MinVersion { get; set; } = WebTlsVersion.Tls12;

    [Description("The newest version of TLS.")]
    public WebTlsVersion MaxVersion { get; set; } = WebTlsVersion.Tls13;

    [Description("The cipher suites of TLS 1.2, by their IANA names.")]
    public List<string> CipherSuites { get; set; } = [];

    [Description("Of no effect, as in exporters written in Go.")]
    public bool PreferServerCipherSuites { get; set; } = true;

    [Description("Cannot be chosen here.")]
    public List<string> CurvePreferences { get; set; } = [];

    /// <summary>Whether the port speaks TLS: the toolkit's own rule.</summary>
    [JsonIgnore]
    public bool IsOn =>
        Array.Exists([Cert, CertFile, KeyFile, ClientCa, ClientCaFile], text => text is { Length: > 0 }) || Key is not null || ClientAuthType != ClientCertificates.None;
}

/// <summary>HTTP of the port.</summary>
internal sealed class WebHttpOptions
{
    [Description("HTTP/2, with TLS only; read at start.")]
    public bool Http2 { get; set; } = true;

    [Description("Header fields of every answer.")]
    public Dictionary<string, string> Headers { get; set; } = [];
}

/// <summary>Versions of TLS, as Go names them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WebTlsVersion>))]
internal enum WebTlsVersion
{
    [JsonStringEnumMemberName("TLS12")]
    Tls12,

    [JsonStringEnumMemberName("TLS13")]
    Tls13,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(WebConfigOptions))]
internal sealed partial class WebConfigContext : JsonSerializerContext;
