using System.ComponentModel;

namespace Sidecars.Adapter.Options;

/// <summary>What the pod itself uses, as the kernel says it.</summary>
internal sealed class PodOptions
{
    [Description("The folder where cgroups (version 1 or 2) are mounted: CPU, memory, IO and processes of the container, or of the pod where its cgroup is mounted. Default: /sys/fs/cgroup.")]
    public string Cgroup { get; set; } = "/sys/fs/cgroup";

    [Description("The folder of the kernel's files about processes and the network. Default: /proc.")]
    public string Proc { get; set; } = "/proc";

    [Description("Whether the network of the pod is told, by interface, without lo. Default: true.")]
    public bool Network { get; set; } = true;

    [Description("Whether processes are told, by command; of the whole pod where it has shareProcessNamespace: true. Default: false.")]
    public bool Processes { get; set; }

    [Description("Volumes whose size and free space are told: the folder where each is mounted, by a name of your choice. Default: none.")]
    public Dictionary<string, string> Volumes { get; set; } = [];
}
