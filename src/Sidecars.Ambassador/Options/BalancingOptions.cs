using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>What requests have in common that go to the same server.</summary>
internal sealed class HashOptions
{
    [Description("What is hashed. source: the client's address. header, cookie: the value of the one that name names; a request without it goes anywhere.")]
    [System.ComponentModel.DataAnnotations.Required]
    public HashSource By { get; set; }

    [Description("The name of the header or cookie.")]
    public string? Name { get; set; }
}

/// <summary>What is hashed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HashSource>))]
internal enum HashSource
{
    [JsonStringEnumMemberName("source")]
    Source,

    [JsonStringEnumMemberName("header")]
    Header,

    [JsonStringEnumMemberName("cookie")]
    Cookie,
}

/// <summary>How a server is chosen for a request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HttpLoadBalancing>))]
internal enum HttpLoadBalancing
{
    [JsonStringEnumMemberName("power-of-two-choices")]
    PowerOfTwoChoices,

    [JsonStringEnumMemberName("least-requests")]
    LeastRequests,

    [JsonStringEnumMemberName("round-robin")]
    RoundRobin,

    [JsonStringEnumMemberName("random")]
    Random,

    [JsonStringEnumMemberName("weighted")]
    Weighted,

    [JsonStringEnumMemberName("consistent-hash")]
    ConsistentHash,
}

/// <summary>When a server is ejected: it answers, but not well. One that cannot be connected to is passed over in any case.</summary>
internal sealed class OutlierOptions
{
    [Description("So many answers of status 5xx in a row, failures included, eject a server. 0: none do. Default: 0.")]
    [AllowedRange("0", "10000")]
    public int Consecutive5xx { get; set; }

    [Description("So many failures of the connection in a row (reset, no answer in time) eject a server. 0: none do. Default: 0.")]
    [AllowedRange("0", "10000")]
    public int ConsecutiveFailures { get; set; }

    [Description("A server is ejected when its latency is so many times the median of all and above min_latency. 0: never. Default: 0.")]
    [AllowedRange("0", "1000")]
    public double LatencyFactor { get; set; }

    [Description("Below this a server is never too slow. Default: 50ms.")]
    [AllowedRange("1ms", "1h")]
    public TimeSpan MinLatency { get; set; } = TimeSpan.FromMilliseconds(50);

    [Description("How long the first ejection lasts; each further one so much longer. Default: 10s.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan EjectFor { get; set; } = TimeSpan.FromSeconds(10);

    [Description("The longest ejection. Default: 5m.")]
    [AllowedRange("100ms", "24h")]
    public TimeSpan EjectForAtMost { get; set; } = TimeSpan.FromMinutes(5);

    [Description("The largest share of the servers that may be ejected at a time, in percent; rounded down, but never fewer than one of several. Default: 50.")]
    [AllowedRange("1", "100")]
    public int MaxEjectedPercent { get; set; } = 50;
}

/// <summary>Asks servers regularly whether they are well.</summary>
internal sealed class HealthCheckOptions
{
    [Description("The path that is asked with GET: /healthz.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string Path { get; set; } = "";

    [Description("The time between two checks of a server. Default: 10s.")]
    [AllowedRange("50ms", "1h")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    [Description("The longest time for one check. Default: 2s.")]
    [AllowedRange("10ms", "5m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("So many good checks in a row bring a server back. Default: 2.")]
    [AllowedRange("1", "100")]
    public int HealthyAfter { get; set; } = 2;

    [Description("So many bad checks in a row take a server out. Default: 3.")]
    [AllowedRange("1", "100")]
    public int UnhealthyAfter { get; set; } = 3;

    [Description("The statuses of a server that is well. Default: any from 200 to 399.")]
    public List<int> ExpectedStatuses { get; set; } = [];
}
