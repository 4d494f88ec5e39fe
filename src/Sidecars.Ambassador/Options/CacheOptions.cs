using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>A shared cache of answers, as RFC 9111 has it.</summary>
internal sealed class CacheOptions
{
    [Description("Whether answers are kept; false takes a route out of its service's cache. Default: true.")]
    public bool Enabled { get; set; } = true;

    [Description("The most memory for answers, heads and bodies; the ones not asked for the longest go first. Default: 16MiB.")]
    [AllowedRange("64KiB", "16GiB")]
    public ByteSize MaxBytes { get; set; } = ByteSize.MiB(16);

    [Description("A larger body passes through without being kept. Default: 1MiB.")]
    [AllowedRange("1KiB", "1GiB")]
    public ByteSize MaxEntry { get; set; } = ByteSize.MiB(1);

    [Description("Where the server says nothing of how long an answer is fresh: so many percent of the time since its Last-Modified. 0: not at all, it is validated each time. Default: 0.")]
    [AllowedRange("0", "100")]
    public int HeuristicPercent { get; set; }

    [Description("The longest time that heuristic_percent gives. Default: 1h.")]
    [AllowedRange("1s", "24h")]
    public TimeSpan HeuristicAtMost { get; set; } = TimeSpan.FromHours(1);

    [Description("For so long a stale answer is given at once and validated beside it, where the server says nothing of it (stale-while-revalidate) and does not forbid it. 0: not. Default: 0.")]
    [AllowedRange("0s", "24h")]
    public TimeSpan StaleWhileRevalidate { get; set; }

    [Description("For so long a stale answer is given in place of a failure (no answer, 500, 502, 503, 504), where the server says nothing of it (stale-if-error) and does not forbid it. 0: not. Default: 0.")]
    [AllowedRange("0s", "168h")]
    public TimeSpan StaleIfError { get; set; }

    [Description("How long a request waits for the answer to an equal one that is under way, before it is sent itself. 0: not at all. Default: 5s.")]
    [AllowedRange("0s", "5m")]
    public TimeSpan CoalesceWait { get; set; } = TimeSpan.FromSeconds(5);
}
