using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>A page of metrics of another process in the pod, which becomes part of the adapter's own.</summary>
internal sealed class MergeOptions
{
    [Description("Its address: http:// or https://.")]
    [Required]
    public string Url { get; set; } = "";

    [Description("How long it may take; keep it below Prometheus' scrape_timeout. Default: 2s.")]
    [AllowedRange("10ms", "1m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("Labels that each of its series gets; those of the page go first.")]
    public Dictionary<string, string> Labels { get; set; } = [];

    [Description("Only metrics of these names; * stands for any characters. Default: all.")]
    public List<string> Keep { get; set; } = [];

    [Description("No metrics of these names; * stands for any characters. Default: none.")]
    public List<string> Drop { get; set; } = [];

    [Description("What stands before each name then. Default: nothing.")]
    public string Prefix { get; set; } = "";
}
