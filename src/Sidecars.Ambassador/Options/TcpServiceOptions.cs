using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>A remote service that speaks anything over TCP.</summary>
internal sealed class TcpServiceOptions
{
    [Description("The servers: host:port or unix:/path, or a mapping of address and priority.")]
    [System.ComponentModel.DataAnnotations.Required]
    public List<TcpUpstreamOptions> Upstreams { get; set; } = [];

    [Description("What is spoken, where it matters: health checks ask in it, and TLS begins where it says. mysql is also MariaDB's. Default: any.")]
    public TcpProtocol Protocol { get; set; } = TcpProtocol.Any;

    [Description("Which server of the best priority gets a connection. least-connections: the one with the fewest from here. round-robin: in turn. One that cannot be connected to is passed over for the next. Default: least-connections.")]
    public TcpLoadBalancing LoadBalancing { get; set; } = TcpLoadBalancing.LeastConnections;

    [Description("The longest time to connect to one address of a server, TLS included. Default: 2s.")]
    [AllowedRange("10ms", "5m")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("A connection that carries nothing in either direction for so long is reset. 0: never, as connection pools expect. Default: 0.")]
    [AllowedRange("0s", "24h")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.Zero;

    [Description("The most connections at a time; more wait in the queue. 0: no limit. Default: 0.")]
    [AllowedRange("0", "1000000")]
    public int MaxConnections { get; set; }

    [Description("The most connections that wait for one of max_connections to end; more are reset at once. Default: 100.")]
    [AllowedRange("0", "100000")]
    public int Queue { get; set; } = 100;

    [Description("The longest time that a connection waits in the queue; then it is reset. Default: 5s.")]
    [AllowedRange("1ms", "10m")]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("Whether the server is told the application's address in a PROXY protocol header, which it must be set up to expect: off, v1 (text) or v2 (binary). Default: off.")]
    public ProxyProtocolVersion ProxyProtocol { get; set; } = ProxyProtocolVersion.Off;

    [Description("TLS to the servers, begun as the protocol wants it: at once, by PostgreSQL's SSLRequest, or within MySQL's greeting. The application speaks none. Default: none.")]
    public UpstreamTlsOptions? Tls { get; set; }

    [Description("Health checks; a server that fails them is passed over while others are left. Default: none.")]
    public TcpHealthOptions? Health { get; set; }
}

/// <summary>How a server is chosen for a connection.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TcpLoadBalancing>))]
internal enum TcpLoadBalancing
{
    [JsonStringEnumMemberName("least-connections")]
    LeastConnections,

    [JsonStringEnumMemberName("round-robin")]
    RoundRobin,
}
