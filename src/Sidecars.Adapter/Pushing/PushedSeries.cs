using Sidecars.Adapter.Exposition;

namespace Sidecars.Adapter.Pushing;

/// <summary>One series that samples are pushed to; a drop reason instead where they lead nowhere.</summary>
internal sealed class PushedSeries(PushedFamily? family, Series series, Mapping? mapping, DropReason dropped = DropReason.None)
{
    public PushedFamily? Family { get; } = family;

    public Series Series { get; } = series;

    public Mapping? Mapping { get; } = mapping;

    public DropReason Dropped { get; } = dropped;

    public QuantileWindow? Quantiles { get; init; }

    public DistinctCount? Distinct { get; set; }

    /// <summary>When it had its last sample, in the store's ticks.</summary>
    public long Seen { get; set; }

    public bool IsIdle(long now) => Mapping!.Ttl > TimeSpan.Zero && now - Seen > Mapping.Ttl.Ticks;
}
