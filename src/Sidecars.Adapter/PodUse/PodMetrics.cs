using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.PodUse;

/// <summary>The metrics of what the pod uses, and where each number comes from.</summary>
internal sealed class PodMetrics
{
    private static readonly (MetricDefinition Definition, Func<CgroupUse, double?> Value)[] OfCgroup =
    [
        (Counter("cgroup_cpu_usage_seconds_total", "CPU time used."), use => use.CpuSeconds),
        (Counter("cgroup_cpu_user_seconds_total", "CPU time used in user mode."), use => use.CpuUserSeconds),
        (Counter("cgroup_cpu_system_seconds_total", "CPU time used in the kernel."), use => use.CpuSystemSeconds),
        (Counter("cgroup_cpu_periods_total", "Periods of the CPU limit that were begun."), use => use.Periods),
        (Counter("cgroup_cpu_throttled_periods_total", "Periods in which the CPU limit was reached."), use => use.ThrottledPeriods),
        (Counter("cgroup_cpu_throttled_seconds_total", "Time that threads waited because the CPU limit was reached."), use => use.ThrottledSeconds),
        (Gauge("cgroup_cpu_limit_cores", "CPUs that may be used."), use => use.CpuLimit),
        (Gauge("cgroup_memory_usage_bytes", "Memory in use, the page cache included."), use => use.Memory),
        (Gauge("cgroup_memory_working_set_bytes", "Memory in use less the inactive page cache."), use => use.WorkingSet),
        (Gauge("cgroup_memory_rss_bytes", "Memory that is no page cache."), use => use.Anonymous),
        (Gauge("cgroup_memory_cache_bytes", "Page cache."), use => use.Cache),
        (Gauge("cgroup_memory_limit_bytes", "Memory that may be used."), use => use.MemoryLimit),
        (Counter("cgroup_memory_oom_kills_total", "Processes that were killed for want of memory."), use => use.OutOfMemoryKills),
        (Gauge("cgroup_processes", "Processes and threads."), use => use.Processes),
        (Gauge("cgroup_processes_limit", "Processes and threads that there may be."), use => use.ProcessLimit),
    ];

    private static readonly (MetricDefinition Definition, Func<DeviceUse, double> Value)[] OfDevice =
    [
        (Counter("cgroup_io_read_bytes_total", "Bytes read from a device.", "device"), use => use.ReadBytes),
        (Counter("cgroup_io_written_bytes_total", "Bytes written to a device.", "device"), use => use.WrittenBytes),
        (Counter("cgroup_io_reads_total", "Reads from a device.", "device"), use => use.Reads),
        (Counter("cgroup_io_writes_total", "Writes to a device.", "device"), use => use.Writes),
    ];

    private static readonly (MetricDefinition Definition, Func<InterfaceUse, double> Value)[] OfInterface =
    [
        (Counter("pod_network_receive_bytes_total", "Bytes received.", "interface"), use => use.Received.Bytes),
        (Counter("pod_network_receive_packets_total", "Packets received.", "interface"), use => use.Received.Packets),
        (Counter("pod_network_receive_errors_total", "Errors in receiving.", "interface"), use => use.Received.Errors),
        (Counter("pod_network_receive_dropped_total", "Packets dropped in receiving.", "interface"), use => use.Received.Dropped),
        (Counter("pod_network_transmit_bytes_total", "Bytes sent.", "interface"), use => use.Sent.Bytes),
        (Counter("pod_network_transmit_packets_total", "Packets sent.", "interface"), use => use.Sent.Packets),
        (Counter("pod_network_transmit_errors_total", "Errors in sending.", "interface"), use => use.Sent.Errors),
        (Counter("pod_network_transmit_dropped_total", "Packets dropped in sending.", "interface"), use => use.Sent.Dropped),
    ];

    private static readonly (MetricDefinition Definition, Func<VolumeUse, double> Value)[] OfVolume =
    [
        (Gauge("pod_volume_size_bytes", "Size of the file system that the volume is on.", "volume"), use => use.Size),
        (Gauge("pod_volume_used_bytes", "Used space of that file system.", "volume"), use => use.Size - use.Free),
        (Gauge("pod_volume_available_bytes", "Space of that file system that can be written.", "volume"), use => use.Available),
    ];

    private static readonly (MetricDefinition Definition, Func<CommandUse, double> Value)[] OfCommand =
    [
        (Gauge("pod_processes", "Processes of a command.", "command"), use => use.Processes),
        (Gauge("pod_process_threads", "Threads of a command's processes.", "command"), use => use.Threads),
        (Gauge("pod_process_resident_bytes", "Resident memory of a command's processes.", "command"), use => use.ResidentBytes),
        (Counter("pod_process_cpu_seconds_total", "CPU time that a command's processes used while they were seen.", "command"), use => use.CpuSeconds),
    ];

    private readonly SeriesStore _store;

    public PodMetrics(SeriesStore store)
    {
        _store = store;
        foreach (var definition in All)
        {
            store.Family(definition);
        }
    }

    public static IEnumerable<MetricDefinition> All =>
    [
        .. OfCgroup.Select(metric => metric.Definition), .. OfDevice.Select(metric => metric.Definition), .. OfInterface.Select(metric => metric.Definition),
        .. OfVolume.Select(metric => metric.Definition), .. OfCommand.Select(metric => metric.Definition),
    ];

    /// <summary>Sets all series. Called under the gate of the store.</summary>
    public void Set(KernelUse use)
    {
        foreach (var (definition, value) in OfCgroup)
        {
            if (use.Cgroup is not null && value(use.Cgroup) is { } number)
            {
                _store.Family(definition).GetOrAdd([]).Value = number;
            }
        }

        Set(OfDevice, use.Cgroup?.Devices ?? [], device => device.Device);
        Set(OfInterface, use.Interfaces, one => one.Interface);
        Set(OfCommand, use.Commands, command => command.Command);
    }

    /// <summary>Sets the series of volumes. Called under the gate of the store.</summary>
    public void Set(IReadOnlyList<VolumeUse> volumes) => Set(OfVolume, volumes, volume => volume.Volume);

    private void Set<T>((MetricDefinition Definition, Func<T, double> Value)[] metrics, IReadOnlyList<T> uses, Func<T, string> label)
    {
        foreach (var (definition, value) in metrics)
        {
            foreach (var use in uses)
            {
                _store.Family(definition).GetOrAdd(Key(label(use))).Value = value(use);
            }
        }
    }

    private byte[] Key(string label)
    {
        var limit = _store.Budget.LabelBytes;
        var clean = new byte[limit];
        return clean[..LabelText.Clean(LogEscape.None, Encoding.UTF8.GetBytes(label), clean, limit)];
    }

    private static MetricDefinition Counter(string name, string help, params string[] labels) => Define(name, MetricKind.Counter, help, labels);

    private static MetricDefinition Gauge(string name, string help, params string[] labels) => Define(name, MetricKind.Gauge, help, labels);

    private static MetricDefinition Define(string name, MetricKind kind, string help, string[] labels) => new(name, kind, help, labels, [], Options.MetricLint.UnitOf(name));
}
