using System.ComponentModel;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;
using Sidecars.Common.Tls;

namespace Sidecars.Ambassador.Options;

/// <summary>Everything the ambassador can be told.</summary>
internal sealed class AmbassadorOptions : SidecarOptions
{
    [Description("Quick start for one upstream, a service named 'default': http://host:port, https://host:port or tcp://host:port. May stand beside services.")]
    public string? Upstream { get; set; }

    [Description("Where the service of 'upstream' listens. Default: 127.0.0.1:8080.")]
    public ListenAddress? Listen { get; set; }

    [Description("The remote services the application uses, each with a listener of its own.")]
    public List<ServiceOptions> Services { get; set; } = [];

    [Description("How the names of upstreams become addresses.")]
    public DnsOptions Dns { get; set; } = new();

    [Description("Which HTTP requests get a line in the log. all: each one. errors: those that failed here or upstream (status 500 and above, or with a reason). off: none. Default: errors, because at high rates a line each would be most of what the pod writes.")]
    public AccessLogScope AccessLog { get; set; } = AccessLogScope.Errors;

    [Description("With access_log all, how many percent of the requests that did not fail get a line, chosen at random; those that failed always do. Default: 100.")]
    [AllowedRange("0", "100")]
    public double AccessLogPercent { get; set; } = 100;
}

/// <summary>One remote service and the local address that stands for it. Exactly one of http and tcp is set.</summary>
internal sealed class ServiceOptions
{
    [Description("The service's name in logs and metrics: letters, digits, '-', '_' and '.', at most 63.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string Name { get; set; } = "";

    [Description("Where the application finds the service: 127.0.0.1:8081 or unix:/run/api.sock. Another address than loopback is possible and warned of: whoever reaches it uses the service as the application does.")]
    [System.ComponentModel.DataAnnotations.Required]
    public ListenAddress? Listen { get; set; }

    [Description("TLS between the application and the listener, from the first byte on. Default: none.")]
    public ServerTlsOptions? ListenTls { get; set; }

    [Description("The service speaks HTTP: requests are balanced, retried where nothing was sent yet, counted and logged one by one.")]
    public HttpServiceOptions? Http { get; set; }

    [Description("The service speaks anything over TCP: a database, a cache. Connections are balanced and relayed byte by byte.")]
    public TcpServiceOptions? Tcp { get; set; }
}
