using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>One input: where its text comes from, how it is taken apart, and the metrics made of it.</summary>
internal sealed partial class InputOptions
{
    [Description("A log to follow: an absolute path, or a pattern with * and ?. The file need not be there yet.")]
    public string? Tail { get; set; }

    [Description("Where to begin in a file that is there at the start: beginning or end. Default: beginning.")]
    public TailFrom From { get; set; } = TailFrom.Beginning;

    [Description("A page to ask for at every scrape: an http:// or https:// address.")]
    public string? Http { get; set; }

    [Description("How long the page or command may take; keep a page's below Prometheus' scrape_timeout. Default: 2s.")]
    [AllowedRange("10ms", "1m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("A sample with its parts named: for a log, nginx's log_format string or directive, combined or main; for a page, its text with $names in place of the values, or stub_status.")]
    public string? Format { get; set; }

    [Description("For a page: a gauge of this name says 1 when the page answered as its format says, else 0.")]
    public string? Up { get; set; }

    [Description("The metrics made of each line or page.")]
    public List<MetricOptions> Metrics { get; set; } = [];
}

[JsonConverter(typeof(JsonStringEnumConverter<TailFrom>))]
internal enum TailFrom
{
    [JsonStringEnumMemberName("beginning")]
    Beginning,

    [JsonStringEnumMemberName("end")]
    End,
}
