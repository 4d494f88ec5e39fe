using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>A remote service that speaks HTTP.</summary>
internal sealed class HttpServiceOptions
{
    [Description("The servers: http://host[:port][/path] or https://...")]
    [System.ComponentModel.DataAnnotations.Required]
    public List<UpstreamOptions> Upstreams { get; set; } = [];

    [Description("Routes, the first that fits decides; a request that none fits is answered with 404. Default: none, every request goes to the service's upstreams.")]
    public List<HttpRouteOptions> Routes { get; set; } = [];

    [Description("What the listener speaks. http1: HTTP/1.1. h2c: HTTP/2 without TLS and with prior knowledge, as gRPC clients want it. Default: http1.")]
    public ListenerProtocol Protocol { get; set; } = ListenerProtocol.Http1;

    [Description("What is spoken to the servers. auto: HTTP/1.1 to http://, what TLS negotiates to https://. http1: HTTP/1.1. http2: HTTP/2, to http:// with prior knowledge (h2c). Default: auto.")]
    public UpstreamProtocol UpstreamProtocol { get; set; } = UpstreamProtocol.Auto;

    [Description("Which server gets a request. power-of-two-choices: of two at random the one that would answer sooner, by its latency (peak EWMA), the requests before it and its weight. least-requests: the least busy for its weight. round-robin: in turn. random: any. weighted: in turn, by weight. consistent-hash: the same one for the same key, see hash. Default: power-of-two-choices.")]
    public HttpLoadBalancing LoadBalancing { get; set; } = HttpLoadBalancing.PowerOfTwoChoices;

    [Description("What consistent-hash hashes. Default: the client's address.")]
    public HashOptions Hash { get; set; } = new();

    [Description("How long a server that comes back takes to get its full share, from a tenth on; for policies that know weights. 0: none. Default: 0.")]
    [AllowedRange("0s", "1h")]
    public TimeSpan SlowStart { get; set; } = TimeSpan.Zero;

    [Description("The zone of this pod: within a priority, servers of this zone get the requests as long as one of them is to be had. Default: none, zones make no difference.")]
    public string? Zone { get; set; }

    [Description("The Host header that the server sees. rewrite: the server's own name, as an outside service wants it. preserve: what the application sent. Default: rewrite.")]
    public HostHeader Host { get; set; } = HostHeader.Rewrite;

    [Description("The longest time from the request to the head of its response, all tries together; after that 504. A body may then take as long as it moves. 0: no limit. Default: 0.")]
    [AllowedRange("0s", "24h")]
    public TimeSpan Timeout { get; set; } = TimeSpan.Zero;

    [Description("The longest time in which nothing moves in either direction of a request, WebSockets included; before the response's head 504, after it the connection is cut. Default: 100s.")]
    [AllowedRange("100ms", "24h")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(100);

    [Description("The longest time for one connection to a server: name, TCP and TLS. Then the next server is tried. Default: 2s.")]
    [AllowedRange("10ms", "5m")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("TLS to servers with an https:// address. Default: checked by the system's authorities.")]
    public UpstreamTlsOptions? Tls { get; set; }

    [Description("Credentials that requests are given, so that the application holds no secret. Default: none.")]
    public CredentialOptions? Credentials { get; set; }

    [Description("For how long a connection to a server is used again before the name is looked up anew: how soon a changed address is seen. Default: 1m.")]
    [AllowedRange("1s", "24h")]
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(1);

    [Description("How long a connection to a server may be idle before it is closed: less than the server's own time, or a request meets a connection that the server is just closing. Default: 4s, below the 5s that many servers have.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan IdleConnectionTimeout { get; set; } = TimeSpan.FromSeconds(4);

    [Description("The longest time from a try to the head of its response; then it is tried again where retry allows it, else 504. 0: no limit. Default: 0.")]
    [AllowedRange("0s", "24h")]
    public TimeSpan TryTimeout { get; set; } = TimeSpan.Zero;

    [Description("When a request is sent again.")]
    public RetryOptions Retry { get; set; } = new();

    [Description("Sends a request whose answer is late to one more server, and takes the first good answer. Only requests without a body that may be repeated by what they are. Default: none.")]
    public HedgeOptions? Hedge { get; set; }

    [Description("Leaves the service in peace for a while when too many requests fail. Default: none.")]
    public CircuitBreakerOptions? CircuitBreaker { get; set; }

    [Description("When a server that answers badly gets no requests for a while. Default: never.")]
    public OutlierOptions OutlierEjection { get; set; } = new();

    [Description("Asks the servers regularly whether they are well. Default: none.")]
    public HealthCheckOptions? HealthCheck { get; set; }

    [Description("How many requests the application may send. Default: any number.")]
    public LimitOptions Limits { get; set; } = new();

    [Description("Keeps answers and gives them again, as RFC 9111 allows it. Default: none, every request goes to a server.")]
    public CacheOptions? Cache { get; set; }

    [Description("Faults that are made on purpose; the first that is meant for a request and whose share falls on it. Default: none.")]
    public List<FaultOptions> Faults { get; set; } = [];
}

/// <summary>The Host header that the server sees.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HostHeader>))]
internal enum HostHeader
{
    [JsonStringEnumMemberName("rewrite")]
    Rewrite,

    [JsonStringEnumMemberName("preserve")]
    Preserve,
}
