using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>A page of metrics of another process in the pod, or files that jobs left, which become part of the adapter's own.</summary>
internal sealed class MergeOptions
{
    [Description("Its address: http:// or https://. Default: none, but files.")]
    public string? Url { get; set; }

    [Description("Instead of an address, files that hold such pages: an absolute path or pattern with * and ?, for example /var/lib/app/*.prom. They are read at every scrape. Default: none.")]
    public string? Files { get; set; }

    [Description("How long ago a file may have been written at most; what an older one says is left out. Default: any age.")]
    [AllowedRange("1s", "30d")]
    public TimeSpan? MaxAge { get; set; }

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
