using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>How counts of logs live on over a restart. Changes take effect at the next start.</summary>
internal sealed class StateOptions
{
    [Description("A folder of the pod, such as an emptyDir, for what logs counted and up to where; where it cannot be written, a restarted adapter counts from 0 again. Default: /var/lib/sidecars.")]
    public string Directory { get; set; } = "/var/lib/sidecars";

    [Description("How often the state is put on record. What was counted since is read again after a kill; nothing is counted twice or lost. Default: 5s.")]
    [AllowedRange("100ms", "10m")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    [Description("Whether to count from 0 at every start. Default: false.")]
    public bool Off { get; set; }
}
