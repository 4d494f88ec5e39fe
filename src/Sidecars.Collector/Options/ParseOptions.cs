using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>How the lines of an input are taken apart.</summary>
internal sealed class ParseOptions : ParserOptions
{
    [Description("The format of what stands in a field of the first format, such as json within cri. In short: then: json. Default: none.")]
    public ThenOptions? Then { get; set; }

    [AllowedRange("1KiB", "64MiB")]
    [Description("The most bytes of lines that wait for the last piece of a line that a container runtime cut (cri, docker). follow.line_limit is a limit too. Default: 256KiB.")]
    public ByteSize JoinLimit { get; set; } = ByteSize.KiB(256);
}
