namespace Sidecars.Adapter.PodUse;

/// <summary>What a cgroup has used and may use, in base units; null for what the kernel does not say or does not bound.</summary>
internal sealed record CgroupUse
{
    public double? CpuSeconds { get; init; }

    public double? CpuUserSeconds { get; init; }

    public double? CpuSystemSeconds { get; init; }

    /// <summary>Periods of the CPU limit that were begun.</summary>
    public double? Periods { get; init; }

    public double? ThrottledPeriods { get; init; }

    public double? ThrottledSeconds { get; init; }

    /// <summary>How many CPUs may be used.</summary>
    public double? CpuLimit { get; init; }

    public double? Memory { get; init; }

    /// <summary>Memory less the inactive part of the page cache: what the kubelet evicts by.</summary>
    public double? WorkingSet { get; init; }

    public double? Anonymous { get; init; }

    public double? Cache { get; init; }

    public double? MemoryLimit { get; init; }

    public double? OutOfMemoryKills { get; init; }

    public double? Processes { get; init; }

    public double? ProcessLimit { get; init; }

    public IReadOnlyList<DeviceUse> Devices { get; init; } = [];
}

/// <summary>What went to and from one block device, which is named by its major and minor number.</summary>
internal sealed record DeviceUse(string Device, double ReadBytes, double WrittenBytes, double Reads, double Writes);
