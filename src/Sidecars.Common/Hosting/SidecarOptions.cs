using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Common.Hosting;

/// <summary>What every sidecar can be told; each sidecar's own options derive from it.</summary>
public abstract class SidecarOptions
{
    /// <summary>The port for probes, metrics and people.</summary>
    [Description("The admin port: health, metrics and status.")]
    public AdminOptions Admin { get; set; } = new();

    /// <summary>The sidecar's own log.</summary>
    [Description("The sidecar's own log.")]
    public LogOptions Log { get; set; } = new();

    /// <summary>What happens between SIGTERM and exit.</summary>
    [Description("What happens between SIGTERM and exit.")]
    public ShutdownOptions Shutdown { get; set; } = new();
}

/// <summary>The port for probes, metrics and people.</summary>
public sealed class AdminOptions
{
    /// <summary>Where it listens; never null once a configuration was loaded.</summary>
    [Description("Where /healthz, /readyz, /startupz and /metrics are served. The kubelet probes the pod's address, so loopback alone is not enough in a pod. Default: every address, on 9101 (collector), 9102 (ambassador), 9100 (adapter).")]
    public ListenAddress? Listen { get; set; }

    /// <summary>The file that says who may ask, and how.</summary>
    [Description("A file in the format that exporters share (exporter-toolkit's web configuration): TLS, client certificates, users with bcrypt passwords, header fields. Its content is read again when it changes. Default: none, plain HTTP for everybody.")]
    public string? WebConfig { get; set; }

    /// <summary>A second address for health alone.</summary>
    [Description("A second address, where /healthz, /readyz and /startupz alone are served, in plain HTTP and to everybody: for the kubelet's probes, which show no client certificate. Default: none.")]
    public ListenAddress? PlainListen { get; set; }
}

/// <summary>The sidecar's own log.</summary>
public sealed class LogOptions
{
    /// <summary>The least level that is written.</summary>
    [Description("The least level that is written. Default: info.")]
    public LogThreshold Level { get; set; } = LogThreshold.Information;

    /// <summary>How a line looks.</summary>
    [Description("json: one compact JSON object a line, times in UTC. text: for people. Default: json.")]
    public LogFormatKind Format { get; set; } = LogFormatKind.Json;
}

/// <summary>What happens between SIGTERM and exit.</summary>
public sealed class ShutdownOptions
{
    /// <summary>The deadline for all drain steps together.</summary>
    [Description("The deadline for everything between SIGTERM and exit; keep it below the pod's terminationGracePeriodSeconds. Default: 25s.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long to go on as before after SIGTERM.</summary>
    [Description("How long to go on as before after SIGTERM, counted in the timeout. Needed where the sidecar is a plain container, because then the application is stopped at the same moment. Default: 0s.")]
    [AllowedRange("0s", "1h")]
    public TimeSpan Delay { get; set; } = TimeSpan.Zero;
}
