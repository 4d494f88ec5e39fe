using Sidecars.Adapter.PodUse;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.PodUse;

public sealed class CgroupReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Version2_AllInBaseUnits()
    {
        Write(
            ("cgroup.controllers", "cpuset cpu io memory pids\n"),
            ("cpu.stat", "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\nnr_periods 10\nnr_throttled 3\nthrottled_usec 250000\n"),
            ("cpu.max", "150000 100000\n"),
            ("memory.current", "1000\n"),
            ("memory.stat", "anon 300\nfile 500\nkernel 100\ninactive_file 200\n"),
            ("memory.max", "4096\n"),
            ("memory.events", "low 0\nhigh 0\nmax 5\noom 2\noom_kill 1\n"),
            ("pids.current", "7\n"),
            ("pids.max", "100\n"),
            ("io.stat", "8:0 rbytes=10 wbytes=20 rios=3 wios=4 dbytes=0 dios=0\n259:1 rbytes=1 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n"));

        var use = new CgroupReader(_folder.Path).Read()!;

        Assert.Equivalent(
            new CgroupUse
            {
                CpuSeconds = 2.5,
                CpuUserSeconds = 2,
                CpuSystemSeconds = .5,
                Periods = 10,
                ThrottledPeriods = 3,
                ThrottledSeconds = .25,
                CpuLimit = 1.5,
                Memory = 1000,
                WorkingSet = 800,
                Anonymous = 300,
                Cache = 500,
                MemoryLimit = 4096,
                OutOfMemoryKills = 1,
                Processes = 7,
                ProcessLimit = 100,
                Devices = [new DeviceUse("8:0", 10, 20, 3, 4), new DeviceUse("259:1", 1, 0, 1, 0)],
            },
            use,
            strict: true);
    }

    [Fact]
    public void Read_Version2WithoutLimits_NoneAreTold()
    {
        Write(("cgroup.controllers", "cpu"), ("cpu.max", "max 100000\n"), ("memory.max", "max\n"), ("pids.max", "max\n"), ("memory.current", "50\n"), ("io.stat", "8:0 \n"));

        var use = new CgroupReader(_folder.Path).Read()!;

        Assert.Equivalent(new CgroupUse { Memory = 50, WorkingSet = 50 }, use, strict: true);
    }

    [Theory]
    [InlineData("cpu", "cpuacct")]
    [InlineData("cpu,cpuacct", "cpu,cpuacct")]
    public void Read_Version1_AllInBaseUnits(string cpu, string accounting)
    {
        Write(
            ($"{cpu}/cpu.stat", "nr_periods 10\nnr_throttled 3\nthrottled_time 250000000\n"),
            ($"{cpu}/cpu.cfs_quota_us", "50000\n"),
            ($"{cpu}/cpu.cfs_period_us", "100000\n"),
            ($"{accounting}/cpuacct.usage", "2500000000\n"),
            ($"{accounting}/cpuacct.stat", "user 200\nsystem 50\n"),
            ("memory/memory.usage_in_bytes", "1000\n"),
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory/memory.stat", "cache 1\nrss 2\ntotal_cache 500\ntotal_rss 300\ntotal_inactive_file 200\n"),
            ("memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"),
            ("pids/pids.current", "7\n"),
            ("pids/pids.max", "max\n"),
            ("blkio/blkio.throttle.io_service_bytes", "8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\n8:0 Total 30\nTotal 30\n"),
            ("blkio/blkio.throttle.io_serviced", "8:0 Read 3\n8:0 Write 4\nTotal 7\n"));

        var use = new CgroupReader(_folder.Path).Read()!;

        Assert.Equivalent(
            new CgroupUse
            {
                CpuSeconds = 2.5,
                CpuUserSeconds = 2,
                CpuSystemSeconds = .5,
                Periods = 10,
                ThrottledPeriods = 3,
                ThrottledSeconds = .25,
                CpuLimit = .5,
                Memory = 1000,
                WorkingSet = 800,
                Anonymous = 300,
                Cache = 500,
                OutOfMemoryKills = 1,
                Processes = 7,
                Devices = [new DeviceUse("8:0", 10, 20, 3, 4)],
            },
            use,
            strict: true);
    }

    [Fact]
    public void Read_NoFolder_Null() => Assert.Null(new CgroupReader(_folder["nothing"]).Read());

    [Fact]
    public void Read_Garbage_SaysNothing()
    {
        Write(("cgroup.controllers", ""), ("cpu.stat", "usage_usec many\n\n:\n"), ("cpu.max", "a b c\n"), ("memory.current", ""), ("io.stat", "\n8:0\nx\n"));

        Assert.Equivalent(new CgroupUse(), new CgroupReader(_folder.Path).Read(), strict: true);
    }

    private void Write(params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files)
        {
            _folder.Write(name, text);
        }
    }
}
