using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>When a request that has no answer yet is sent to one more server, and the first good answer taken.</summary>
internal sealed class HedgeOptions
{
    [Description("How long a request is without the head of an answer before it is sent to one more server. Default: 50ms.")]
    [AllowedRange("1ms", "1m")]
    public TimeSpan After { get; set; } = TimeSpan.FromMilliseconds(50);

    [Description("In place of after, the time within which so many percent of the answers of the servers come, such as 95; after is then the least, and holds until 100 answers have come. 0: after alone. Default: 0.")]
    [AllowedRange("0", "99")]
    public int Percentile { get; set; }

    [Description("To how many more servers at most, each after the same time again. Default: 1.")]
    [AllowedRange("1", "5")]
    public int Max { get; set; } = 1;
}
