using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Prometheus;

namespace Sidecars.Common.Metrics;

/// <summary>Build, process and garbage collector figures: the few that matter in a pod, under the names the field knows.</summary>
internal static class ProcessMetrics
{
    public static void Register(CollectorRegistry registry, IMetricFactory metrics, string sidecar)
    {
        metrics.CreateGauge("sidecars_build_info", "Always 1; which build this is.", ["sidecar", "version", "runtime"])
            .WithLabels(sidecar, ProductVersion, Environment.Version.ToString()).Set(1);

        using var self = Process.GetCurrentProcess();
        metrics.CreateGauge("process_start_time_seconds", "When the process started, in seconds since 1970.")
            .Set(new DateTimeOffset(self.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0);

        var cpu = metrics.CreateCounter("process_cpu_seconds_total", "CPU time used, user and system.");
        var resident = metrics.CreateGauge("process_resident_memory_bytes", "Resident memory.");
        var files = metrics.CreateGauge("process_open_fds", "Open file descriptors.");
        var heap = metrics.CreateGauge("dotnet_gc_heap_bytes", "The managed heap in use.");
        var allocated = metrics.CreateCounter("dotnet_gc_allocated_bytes_total", "Bytes allocated on the managed heap.");
        var pause = metrics.CreateCounter("dotnet_gc_pause_seconds_total", "Time in which collections stopped the process.");
        var collections = metrics.CreateCounter("dotnet_gc_collections_total", "Garbage collections by generation.", ["generation"]);
        var byGeneration = Enumerable.Range(0, GC.MaxGeneration + 1)
            .Select(g => collections.WithLabels(g.ToString(CultureInfo.InvariantCulture))).ToArray();

        registry.AddBeforeCollectCallback(() =>
        {
            cpu.IncTo(Environment.CpuUsage.TotalTime.TotalSeconds);
            resident.Set(Environment.WorkingSet);
            files.Set(Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
            heap.Set(GC.GetTotalMemory(forceFullCollection: false));
            allocated.IncTo(GC.GetTotalAllocatedBytes());
            pause.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
            for (var g = 0; g < byGeneration.Length; g++)
            {
                byGeneration[g].IncTo(GC.CollectionCount(g));
            }
        });
    }

    /// <summary>The version of the build, with the commit where the build knew it.</summary>
    public static string ProductVersion { get; } =
        typeof(ProcessMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
