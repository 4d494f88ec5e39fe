using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Targets that are not in this configuration but in the scraper's, who asks for <c>/probe?target=ADDRESS&amp;module=NAME</c>.</summary>
internal sealed class ProbeOptions
{
    [Description("Which targets may be asked for: addresses in which * stands for any characters and ? for one, of a host, a port or the path, for example http://10.0.0.*:8080/status. Others are refused.")]
    [Required]
    public List<string> Targets { get; set; } = [];

    [Description("What is made of a target's page, by a name of your choice: an input without its source, that is form and metrics, or the preset apache, php_fpm or haproxy.")]
    [Required]
    public Dictionary<string, InputOptions> Modules { get; set; } = [];

    [Description("How many targets are asked at a time; more wait for their turn, within their deadline. Default: 10.")]
    [AllowedRange("1", "1000")]
    public int Concurrency { get; set; } = 10;
}
