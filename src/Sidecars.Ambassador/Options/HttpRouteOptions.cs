using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>Some of a service's requests: which ones, where they go, and what is changed of them.</summary>
internal sealed class HttpRouteOptions
{
    [Description("The route's name in logs and metrics: letters, digits, '-', '_' and '.', at most 63; unique within the service.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string Name { get; set; } = "";

    [Description("Which requests the route is for; all conditions must hold. Default: every request.")]
    public RouteMatchOptions Match { get; set; } = new();

    [Description("The servers of this route alone. Default: those of the service.")]
    public List<UpstreamOptions> Upstreams { get; set; } = [];

    [Description("What is changed of a request before it is sent, and of its response. Default: nothing.")]
    public TransformOptions Transforms { get; set; } = new();

    [Description("In place of the service's timeout: the longest time from the request to the head of its response. 0: no limit. Default: the service's.")]
    [AllowedRange("0s", "24h")]
    public TimeSpan? Timeout { get; set; }

    [Description("In place of the service's try_timeout. Default: the service's.")]
    [AllowedRange("0s", "24h")]
    public TimeSpan? TryTimeout { get; set; }

    [Description("In place of the service's retry, as a whole; the budget is that of the servers all the same. Default: the service's.")]
    public RetryOptions? Retry { get; set; }

    [Description("In place of the service's hedge. Default: the service's.")]
    public HedgeOptions? Hedge { get; set; }

    [Description("In place of the service's circuit_breaker, one of the route's own: only its own requests open it, and only they are refused. Default: the service's, which routes to the same servers share.")]
    public CircuitBreakerOptions? CircuitBreaker { get; set; }

    [Description("In place of the service's limits. Default: the service's, which its routes share.")]
    public LimitOptions? Limits { get; set; }

    [Description("In place of the service's cache: one of the route's own, or none with enabled: false. Default: the service's, which its routes share.")]
    public CacheOptions? Cache { get; set; }

    [Description("In place of the service's faults. Default: the service's.")]
    public List<FaultOptions>? Faults { get; set; }
}

/// <summary>The conditions of a route.</summary>
internal sealed class RouteMatchOptions
{
    [Description("Host headers, any of which fits: shop.internal, *.internal. Default: any host.")]
    public List<string> Hosts { get; set; } = [];

    [Description("The whole path: /status, or with parameters /items/{id} and /files/{**rest}. Case and a slash at the end make no difference. Default: any path.")]
    public string? Path { get; set; }

    [Description("The beginning of the path, whole segments: /v2 fits /v2 and /v2/x, not /v20. Default: any path.")]
    public string? PathPrefix { get; set; }

    [Description("Methods, any of which fits. Default: any method.")]
    public List<string> Methods { get; set; } = [];

    [Description("Conditions on headers, all of which must hold. Default: none.")]
    public List<FieldMatchOptions> Headers { get; set; } = [];

    [Description("Conditions on parameters of the query, all of which must hold. Default: none.")]
    public List<FieldMatchOptions> Query { get; set; } = [];
}

/// <summary>A condition on a header or a parameter of the query.</summary>
internal sealed class FieldMatchOptions
{
    [Description("The name of the header or parameter.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string Name { get; set; } = "";

    [Description("The values, any of which fits; none are given for exists and not-exists.")]
    public List<string> Values { get; set; } = [];

    [Description("How the value is compared: exact, prefix, contains, not-contains, exists or not-exists (headers only). Default: exact, or exists where no values are given.")]
    public FieldMatchMode? Mode { get; set; }

    [Description("Whether case matters in values. Default: false.")]
    public bool CaseSensitive { get; set; }

    /// <summary>The mode in force.</summary>
    public FieldMatchMode EffectiveMode() => Mode ?? (Values.Count == 0 ? FieldMatchMode.Exists : FieldMatchMode.Exact);
}

/// <summary>How a value is compared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FieldMatchMode>))]
internal enum FieldMatchMode
{
    [JsonStringEnumMemberName("exact")]
    Exact,

    [JsonStringEnumMemberName("prefix")]
    Prefix,

    [JsonStringEnumMemberName("contains")]
    Contains,

    [JsonStringEnumMemberName("not-contains")]
    NotContains,

    [JsonStringEnumMemberName("exists")]
    Exists,

    [JsonStringEnumMemberName("not-exists")]
    NotExists,
}
