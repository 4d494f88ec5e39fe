namespace Sidecars.Adapter.PodUse;

/// <summary>What the kernel's own files say at one scrape.</summary>
internal sealed record KernelUse(CgroupUse? Cgroup, IReadOnlyList<InterfaceUse> Interfaces, IReadOnlyList<CommandUse> Commands);

/// <summary>The space of the file system that a volume is on, in bytes; what is free may in part be kept for root.</summary>
internal sealed record VolumeUse(string Volume, double Size, double Free, double Available);
