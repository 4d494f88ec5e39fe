using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Where the page is pushed to, for pods that end before anyone scrapes them.</summary>
internal sealed class RemoteWriteOptions
{
    [Description("The receiver's address, for example http://prometheus:9090/api/v1/write; Prometheus' remote write 1.0.")]
    [Required]
    public string Url { get; set; } = "";

    [Description("How often the whole page is pushed; it is pushed once more at the end. Default: 30s.")]
    [AllowedRange("1s", "1h")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    [Description("How long one request may take. Default: 10s.")]
    [AllowedRange("100ms", "5m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    [Description("Labels that each series gets, as job and instance, which a scrape would add; those of the page go first.")]
    public Dictionary<string, string> Labels { get; set; } = [];

    [Description("The value of the Authorization header, for example 'Bearer ${file:/run/secrets/token}'. Default: none.")]
    public Secret? Authorization { get; set; }
}
