using System.ComponentModel;

namespace Sidecars.Collector.Options;

/// <summary>How what stands in a field is taken further apart.</summary>
internal sealed class ThenOptions : ParserOptions
{
    [Description("The field that is taken apart. Default: message.")]
    public string Field { get; set; } = "message";
}
