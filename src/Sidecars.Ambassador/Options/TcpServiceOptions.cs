using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>A remote service that speaks anything over TCP.</summary>
internal sealed class TcpServiceOptions
{
    [Description("The servers: host:port.")]
    [System.ComponentModel.DataAnnotations.Required]
    public List<UpstreamOptions> Upstreams { get; set; } = [];

    [Description("Which server gets a connection. least-connections: the one with the fewest from here. round-robin: in turn. One that cannot be connected to is passed over for the next. Default: least-connections.")]
    public TcpLoadBalancing LoadBalancing { get; set; } = TcpLoadBalancing.LeastConnections;

    [Description("The longest time to connect to one address of a server. Default: 2s.")]
    [AllowedRange("10ms", "5m")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("A connection that carries nothing in either direction for so long is reset. 0: never, as connection pools expect. Default: 0.")]
    [AllowedRange("0s", "24h")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.Zero;
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
