using Prometheus;

namespace Sidecars.Collector.Reclaim;

/// <summary>What the followed files take up, and what of it was given back.</summary>
internal sealed class VolumeMetrics(IMetricFactory factory)
{
    private readonly Gauge _apparent = factory.CreateGauge("sidecars_collector_volume_apparent_bytes", "Size of the followed files as ls tells it.");
    private readonly Gauge _allocated = factory.CreateGauge("sidecars_collector_volume_allocated_bytes", "What the followed files take up on their volume.");
    private readonly Gauge _undelivered = factory.CreateGauge("sidecars_collector_volume_undelivered_bytes", "Bytes of the followed files that at least one output has not acknowledged.");
    private readonly Counter _reclaimed = factory.CreateCounter("sidecars_collector_reclaimed_bytes_total", "Bytes given back to the volume, as holes or with deleted files.");
    private readonly Counter _deleted = factory.CreateCounter("sidecars_collector_deleted_files_total", "Rotated files that were deleted.");

    /// <summary>As of the last look.</summary>
    public VolumeState State => new((long)_apparent.Value, (long)_allocated.Value, (long)_undelivered.Value);

    /// <summary>Bytes given back since the start.</summary>
    public double ReclaimedBytes => _reclaimed.Value;

    /// <summary>Files deleted since the start.</summary>
    public double DeletedFiles => _deleted.Value;

    public void Set(in VolumeState state)
    {
        _apparent.Set(state.Apparent);
        _allocated.Set(state.Allocated);
        _undelivered.Set(state.Undelivered);
    }

    public void Reclaimed(long bytes) => _reclaimed.Inc(Math.Max(0, bytes));

    public void Deleted() => _deleted.Inc();
}

/// <summary>The followed files in sum, in bytes.</summary>
internal readonly record struct VolumeState(long Apparent, long Allocated, long Undelivered);
