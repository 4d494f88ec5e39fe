using System.ComponentModel;
using System.Net;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>How the names of upstreams become addresses.</summary>
internal sealed class DnsOptions
{
    private const int Port = 53;

    [Description("The DNS servers to ask, in this order: an address, or address:port. Default: those of /etc/resolv.conf, read again at each question.")]
    public List<string> Servers { get; set; } = [];

    [Description("An answer is used for at least so long, whatever its records say. Default: 1s.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan MinTtl { get; set; } = TimeSpan.FromSeconds(1);

    [Description("An answer is used for at most so long before the DNS is asked again. Default: 5m.")]
    [AllowedRange("1s", "24h")]
    public TimeSpan MaxTtl { get; set; } = TimeSpan.FromMinutes(5);

    [Description("How long one server has for one question; it gets a second chance. Default: 2s.")]
    [AllowedRange("10ms", "30s")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("While the DNS fails, the last good answer is used for so long. Default: 1h.")]
    [AllowedRange("0s", "168h")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromHours(1);

    [Description("Which addresses of a name are used. auto: IPv4, or IPv6 where the name has no others; ipv4; ipv6; both: each address is a server of its own. Default: auto.")]
    public DnsFamily Family { get; set; } = DnsFamily.Auto;

    /// <summary>The servers as end points; those that are none are left out.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints() => [.. Servers.Select(EndPointOf).OfType<IPEndPoint>()];

    /// <summary>Every mistake, as key within this mapping and message.</summary>
    public IEnumerable<(string Key, string Message)> Problems()
    {
        for (var i = 0; i < Servers.Count; i++)
        {
            if (EndPointOf(Servers[i]) is null)
            {
                yield return ($"servers[{i}]", $"'{Servers[i]}' is not the address of a DNS server; write 10.96.0.10, 127.0.0.1:5353 or [2001:db8::53]:53, not a name");
            }
        }

        if (MinTtl > MaxTtl)
        {
            yield return ("min_ttl", "is longer than max_ttl; raise max_ttl or lower min_ttl");
        }
    }

    private static IPEndPoint? EndPointOf(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPEndPoint(address, Port)
            : IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port > 0 ? endPoint
            : null;
}

/// <summary>Which addresses of a name are used.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DnsFamily>))]
internal enum DnsFamily
{
    [JsonStringEnumMemberName("auto")]
    Auto,

    [JsonStringEnumMemberName("ipv4")]
    IPv4,

    [JsonStringEnumMemberName("ipv6")]
    IPv6,

    [JsonStringEnumMemberName("both")]
    Both,
}
