using System.Text;
using Sidecars.Adapter.State;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Exposition;

/// <summary>All series of one metric. Not thread-safe: <see cref="SeriesStore"/> has the lock.</summary>
internal sealed class SeriesFamily
{
    private readonly Dictionary<byte[], Series> _series = new(SeriesKey.Comparer);
    private readonly Dictionary<byte[], Series>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly SeriesBudget _budget;
    private readonly double[] _bounds;
    private readonly byte[] _overflowKey;
    private readonly TimeProvider? _time;
    private readonly FamilyText _text;
    private readonly FamilyText _openMetrics;

    /// <param name="definition">What the metric is.</param>
    /// <param name="budget">How many series there may be.</param>
    /// <param name="time">Says when a series was made; null where it was made elsewhere, as of what a page counts.</param>
    public SeriesFamily(MetricDefinition definition, SeriesBudget budget, TimeProvider? time)
    {
        Definition = definition;
        _budget = budget;
        _time = time;
        _text = new FamilyText(definition, MetricsFormat.Text);
        _openMetrics = new FamilyText(definition, MetricsFormat.OpenMetrics);
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<byte>>();
        _bounds = [.. definition.Buckets];
        _overflowKey = Encoding.UTF8.GetBytes(budget.Overflow);
        for (var i = 1; i < definition.Labels.Count; i++)
        {
            _overflowKey = [.. _overflowKey, SeriesKey.Separator, .. Encoding.UTF8.GetBytes(budget.Overflow)];
        }
    }

    public MetricDefinition Definition { get; }

    public int Count => _series.Count;

    /// <summary>How many times a new series was refused and the overflow series took its sample.</summary>
    public long Overflowed { get; private set; }

    /// <summary>The series with these label values, joined by <see cref="SeriesKey.Separator"/>; when the limit is reached, the overflow series.</summary>
    public Series GetOrAdd(ReadOnlySpan<byte> key)
    {
        if (_lookup.TryGetValue(key, out var series))
        {
            return series;
        }

        if (Definition.Labels.Count > 0 && !key.SequenceEqual(_overflowKey) && !_budget.TryTake(_series.Count))
        {
            Overflowed++;
            return GetOrAdd(_overflowKey);
        }

        series = new Series(Prefix(key), Definition.Kind == MetricKind.Histogram ? _bounds.Length + 1 : 0, Seconds(_time?.GetUtcNow()));
        _series.Add(key.ToArray(), series);
        return series;
    }

    /// <summary>Puts a value into a bucket of a histogram's series, and returns which.</summary>
    public int Observe(Series series, double value)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
        {
            bucket++;
        }

        series.Counts[bucket]++;
        series.Value += value;
        return bucket;
    }

    /// <summary>Now, in seconds since 1970; 0 where no times are kept.</summary>
    public double Now => Seconds(_time?.GetUtcNow());

    /// <summary>Goes on with the series of an earlier family of the same definition.</summary>
    public void TakeOver(SeriesFamily earlier)
    {
        foreach (var (key, series) in earlier._series)
        {
            _budget.TryTake(_series.Count);
            _series[key] = series;
        }

        Overflowed = earlier.Overflowed;
    }

    /// <summary>Every series, for the record.</summary>
    public IReadOnlyList<SavedSeries> Save() =>
        [.. _series.Select(entry => new SavedSeries(entry.Key, entry.Value.Value, entry.Value.Created, [.. entry.Value.Counts]))];

    /// <summary>Goes on with series that are on record.</summary>
    public void Restore(SavedFamily saved)
    {
        foreach (var one in saved.Series)
        {
            _budget.TryTake(_series.Count);
            var series = new Series(Prefix(one.Key), one.Counts.Length, one.Created) { Value = one.Value };
            one.Counts.CopyTo(series.Counts, 0);
            _series[one.Key] = series;
        }

        Overflowed = saved.Overflowed;
    }

    /// <summary>The name with its labels, as the page has it.</summary>
    public string Describe(ReadOnlySpan<byte> key)
    {
        var prefix = Encoding.UTF8.GetString(Prefix(key));
        return Definition.Kind != MetricKind.Histogram ? prefix.TrimEnd(' ')
            : prefix.Length == 0 ? Definition.Name
            : $"{Definition.Name}{{{prefix.TrimEnd(',')}}}";
    }

    public void Clear() => _series.Clear();

    public void Write(ExpositionBuffer buffer, MetricsFormat format = MetricsFormat.Text, bool withCreated = true)
    {
        var text = format == MetricsFormat.OpenMetrics ? _openMetrics : _text;
        text.WriteHeader(buffer);
        foreach (var series in _series.Values)
        {
            text.Write(buffer, series, withCreated);
        }
    }

    private static double Seconds(DateTimeOffset? time) => time is { } known ? known.ToUnixTimeMilliseconds() / 1000.0 : 0;

    private byte[] Prefix(ReadOnlySpan<byte> key)
    {
        using var buffer = new ExpositionBuffer(256);
        var isHistogram = Definition.Kind == MetricKind.Histogram;
        if (!isHistogram)
        {
            buffer.Write(Definition.Name);
        }

        for (var i = 0; i < Definition.Labels.Count; i++)
        {
            var end = key.IndexOf(SeriesKey.Separator);
            if (!isHistogram)
            {
                buffer.Write(i == 0 ? (byte)'{' : (byte)',');
            }

            buffer.WriteLabel(Definition.Labels[i], end < 0 ? key : key[..end]);
            key = end < 0 ? default : key[(end + 1)..];
            if (isHistogram)
            {
                buffer.Write((byte)',');
            }
        }

        if (!isHistogram)
        {
            buffer.Write(Definition.Labels.Count > 0 ? "} "u8 : " "u8);
        }

        return buffer.Written.ToArray();
    }
}
