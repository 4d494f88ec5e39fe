using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>A syslog server.</summary>
internal sealed class SyslogOutputOptions
{
    [Required]
    [Description("The server: host:port (TCP), udp://host:port, unix:/path (stream) or unixgram:/path (datagrams, such as /dev/log).")]
    public ReceiverAddress? Address { get; set; }

    [Description("TLS over TCP (RFC 5425); {} checks the server against the system's authorities. Default: none.")]
    public ClientTlsOptions? Tls { get; set; }

    [Description("rfc5424, or rfc3164 for receivers that know only the old form. Default: rfc5424.")]
    public SyslogVersion Format { get; set; } = SyslogVersion.Rfc5424;

    [Description("How messages are told apart in a stream. octet_counting: each behind its length. newline: a line each, newlines in a message written as #012. Default: octet_counting.")]
    public SyslogFraming Framing { get; set; } = SyslogFraming.OctetCounting;

    [Description("kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp or local0 to local7. Default: user.")]
    public SyslogFacility Facility { get; set; } = SyslogFacility.User;

    [Description("The severity of records that have none. Default: info.")]
    public SyslogSeverity Severity { get; set; } = SyslogSeverity.Info;

    [Description("The name of the host, such as ${NODE_NAME} from the downward API. Default: the pod's name.")]
    public string? Hostname { get; set; }

    [Description("The name of the application (the tag in rfc3164). Default: the name of the file without its ending.")]
    public string? AppName { get; set; }

    [Description("The process id field. Default: -.")]
    public string Procid { get; set; } = "-";

    [Description("The message id field. Default: -.")]
    public string Msgid { get; set; } = "-";

    [Description("The id of a structured data element with the record's fields and its file, such as fields@32473; only in rfc5424. Default: no structured data.")]
    public string? StructuredData { get; set; }

    [Description("The longest message; a longer one is cut off and counted. Default: 8KiB in datagrams, in streams as long as the line.")]
    [AllowedRange("1KiB", "16MiB")]
    public ByteSize? MaxMessage { get; set; }

    [Description("How long to wait for a connection, and for a receiver that takes nothing. Default: 10s.")]
    [AllowedRange("100ms", "10m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>The form of a message.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyslogVersion>))]
internal enum SyslogVersion
{
    [JsonStringEnumMemberName("rfc5424")]
    Rfc5424,

    [JsonStringEnumMemberName("rfc3164")]
    Rfc3164,
}

/// <summary>How messages are told apart in a stream (RFC 6587).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyslogFraming>))]
internal enum SyslogFraming
{
    [JsonStringEnumMemberName("octet_counting")]
    OctetCounting,

    [JsonStringEnumMemberName("newline")]
    Newline,
}

/// <summary>Numerical severities of RFC 5424, section 6.2.1.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyslogSeverity>))]
internal enum SyslogSeverity
{
    [JsonStringEnumMemberName("emerg")]
    Emergency,

    [JsonStringEnumMemberName("alert")]
    Alert,

    [JsonStringEnumMemberName("crit")]
    Critical,

    [JsonStringEnumMemberName("err")]
    Error,

    [JsonStringEnumMemberName("warning")]
    Warning,

    [JsonStringEnumMemberName("notice")]
    Notice,

    [JsonStringEnumMemberName("info")]
    Info,

    [JsonStringEnumMemberName("debug")]
    Debug,
}

/// <summary>Numerical facilities of RFC 5424, section 6.2.1.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SyslogFacility>))]
internal enum SyslogFacility
{
    [JsonStringEnumMemberName("kern")]
    Kern = 0,

    [JsonStringEnumMemberName("user")]
    User = 1,

    [JsonStringEnumMemberName("mail")]
    Mail = 2,

    [JsonStringEnumMemberName("daemon")]
    Daemon = 3,

    [JsonStringEnumMemberName("auth")]
    Auth = 4,

    [JsonStringEnumMemberName("syslog")]
    Syslog = 5,

    [JsonStringEnumMemberName("lpr")]
    Lpr = 6,

    [JsonStringEnumMemberName("news")]
    News = 7,

    [JsonStringEnumMemberName("uucp")]
    Uucp = 8,

    [JsonStringEnumMemberName("cron")]
    Cron = 9,

    [JsonStringEnumMemberName("authpriv")]
    Authpriv = 10,

    [JsonStringEnumMemberName("ftp")]
    Ftp = 11,

    [JsonStringEnumMemberName("local0")]
    Local0 = 16,

    [JsonStringEnumMemberName("local1")]
    Local1 = 17,

    [JsonStringEnumMemberName("local2")]
    Local2 = 18,

    [JsonStringEnumMemberName("local3")]
    Local3 = 19,

    [JsonStringEnumMemberName("local4")]
    Local4 = 20,

    [JsonStringEnumMemberName("local5")]
    Local5 = 21,

    [JsonStringEnumMemberName("local6")]
    Local6 = 22,

    [JsonStringEnumMemberName("local7")]
    Local7 = 23,
}
