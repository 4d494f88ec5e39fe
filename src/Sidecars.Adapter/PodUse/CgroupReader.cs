namespace Sidecars.Adapter.PodUse;

/// <summary>Reads a cgroup where it is mounted, of either version. In version 1 each controller has a folder of its own.</summary>
internal sealed class CgroupReader(string root)
{
    private const double Micro = 1e-6;
    private const double Nano = 1e-9;

    /// <summary>The kernel's USER_HZ, which is the same on all machines that .NET runs on.</summary>
    private const double Tick = .01;

    /// <summary>Version 1 has no word for no limit but the greatest number of pages.</summary>
    private const double NoMemoryLimit = 1L << 60;

    /// <summary>What it says now; null where there is no such folder.</summary>
    public CgroupUse? Read() => !Directory.Exists(root) ? null : File.Exists(In("cgroup.controllers")) ? ReadVersion2() : ReadVersion1();

    private string In(params string[] names) => Path.Combine([root, .. names]);

    private CgroupUse ReadVersion2()
    {
        var cpu = KernelFile.Table(In("cpu.stat"));
        var memory = KernelFile.Table(In("memory.stat"));
        var current = KernelFile.OnlyNumber(In("memory.current"));
        return new CgroupUse
        {
            CpuSeconds = cpu.Of("usage_usec", Micro),
            CpuUserSeconds = cpu.Of("user_usec", Micro),
            CpuSystemSeconds = cpu.Of("system_usec", Micro),
            Periods = cpu.Of("nr_periods"),
            ThrottledPeriods = cpu.Of("nr_throttled"),
            ThrottledSeconds = cpu.Of("throttled_usec", Micro),
            CpuLimit = KernelFile.Lines(In("cpu.max")) is [var max, ..] && max.Split(' ') is [var quota, var period] ? KernelFile.Number(quota) / KernelFile.Number(period) : null,
            Memory = current,
            WorkingSet = WorkingSet(current, memory.Of("inactive_file")),
            Anonymous = memory.Of("anon"),
            Cache = memory.Of("file"),
            MemoryLimit = KernelFile.OnlyNumber(In("memory.max")),
            OutOfMemoryKills = KernelFile.Table(In("memory.events")).Of("oom_kill"),
            Processes = KernelFile.OnlyNumber(In("pids.current")),
            ProcessLimit = KernelFile.OnlyNumber(In("pids.max")),
            Devices = [.. KernelFile.Lines(In("io.stat")).Select(Device).OfType<DeviceUse>()],
        };
    }

    private CgroupUse ReadVersion1()
    {
        var cpu = KernelFile.Table(In(Controller("cpu"), "cpu.stat"));
        var times = KernelFile.Table(In(Controller("cpuacct"), "cpuacct.stat"));
        var memory = KernelFile.Table(In("memory", "memory.stat"));
        var current = KernelFile.OnlyNumber(In("memory", "memory.usage_in_bytes"));
        var limit = KernelFile.OnlyNumber(In("memory", "memory.limit_in_bytes"));
        var quota = KernelFile.OnlyNumber(In(Controller("cpu"), "cpu.cfs_quota_us"));
        return new CgroupUse
        {
            CpuSeconds = KernelFile.OnlyNumber(In(Controller("cpuacct"), "cpuacct.usage")) * Nano,
            CpuUserSeconds = times.Of("user", Tick),
            CpuSystemSeconds = times.Of("system", Tick),
            Periods = cpu.Of("nr_periods"),
            ThrottledPeriods = cpu.Of("nr_throttled"),
            ThrottledSeconds = cpu.Of("throttled_time", Nano),
            CpuLimit = quota > 0 ? quota / KernelFile.OnlyNumber(In(Controller("cpu"), "cpu.cfs_period_us")) : null,
            Memory = current,
            WorkingSet = WorkingSet(current, memory.Of("total_inactive_file")),
            Anonymous = memory.Of("total_rss"),
            Cache = memory.Of("total_cache"),
            MemoryLimit = limit < NoMemoryLimit ? limit : null,
            OutOfMemoryKills = KernelFile.Table(In("memory", "memory.oom_control")).Of("oom_kill"),
            Processes = KernelFile.OnlyNumber(In("pids", "pids.current")),
            ProcessLimit = KernelFile.OnlyNumber(In("pids", "pids.max")),
            Devices = Devices(In("blkio", "blkio.throttle.io_service_bytes"), In("blkio", "blkio.throttle.io_serviced")),
        };
    }

    /// <summary>Both controllers may be mounted as one.</summary>
    private string Controller(string name) => Directory.Exists(In(name)) ? name : "cpu,cpuacct";

    private static double? WorkingSet(double? current, double? inactive) => current is { } all ? Math.Max(0, all - (inactive ?? 0)) : null;

    /// <summary><c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0</c>.</summary>
    private static DeviceUse? Device(string line)
    {
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var device, .. var rest])
        {
            return null;
        }

        double Of(string key) => rest.Where(part => part.StartsWith(key, StringComparison.Ordinal)).Select(part => KernelFile.Number(part.AsSpan(key.Length))).FirstOrDefault() ?? 0;
        return rest.Length == 0 ? null : new DeviceUse(device, Of("rbytes="), Of("wbytes="), Of("rios="), Of("wios="));
    }

    /// <summary>Lines of a device, what was done, and how much.</summary>
    private static List<DeviceUse> Devices(string bytes, string operations)
    {
        var devices = new SortedDictionary<string, DeviceUse>(StringComparer.Ordinal);
        foreach (var (path, isBytes) in new[] { (bytes, true), (operations, false) })
        {
            foreach (var line in KernelFile.Lines(path))
            {
                if (line.Split(' ') is [var device, var what, var text] && what is ("Read" or "Write") && KernelFile.Number(text) is { } number)
                {
                    var use = devices.GetValueOrDefault(device) ?? new DeviceUse(device, 0, 0, 0, 0);
                    devices[device] = (isBytes, what) switch
                    {
                        (true, "Read") => use with { ReadBytes = number },
                        (true, _) => use with { WrittenBytes = number },
                        (false, "Read") => use with { Reads = number },
                        _ => use with { Writes = number },
                    };
                }
            }
        }

        return [.. devices.Values];
    }
}
