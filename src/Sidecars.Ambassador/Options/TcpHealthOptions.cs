using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>How the servers of a TCP service are looked after while nobody uses them; <c>health: {}</c> takes the defaults.</summary>
internal sealed class TcpHealthOptions
{
    [Description("The time between two checks of one server. Default: 5s.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    [Description("The longest time for one check, from the connect to the last byte of the answer. Default: 2s.")]
    [AllowedRange("10ms", "1m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("Failed checks in a row after which a server is passed over. The very first check decides alone. Default: 3.")]
    [AllowedRange("1", "100")]
    public int Failures { get; set; } = 3;

    [Description("Good checks in a row after which it is used again. Default: 2.")]
    [AllowedRange("1", "100")]
    public int Successes { get; set; } = 2;

    [Description("The user that a check of PostgreSQL or MySQL gives; it need not exist, since a refusal is an answer, too, but each is in the server's log. Default: sidecars.")]
    public string User { get; set; } = "sidecars";

    [Description("Whether the connections to a server that is found bad are reset, so that pools go to the next one. Default: false.")]
    public bool CloseConnections { get; set; }
}
