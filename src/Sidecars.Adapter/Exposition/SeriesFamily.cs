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
            series.IsTouched = true;
            return series;
        }

        if (IsBudgeted(key) && !_budget.TryTake(_series.Count))
        {
            Overflowed++;
            return GetOrAdd(_overflowKey);
        }

        series = Create(key, Seconds(_time?.GetUtcNow()));
        _series.Add(key.ToArray(), series);
        return series;
    }

    /// <summary>The series with these label values, in place of all others.</summary>
    public Series GetOnly(ReadOnlySpan<byte> key)
    {
        if (!_lookup.ContainsKey(key))
        {
            foreach (var other in _series.Keys)
            {
                Remove(other);
            }
        }

        return GetOrAdd(key);
    }

    /// <summary>Takes away what had no sample for as long as the definition says.</summary>
    public void Expire()
    {
        if (Definition.Expire is not { } idle || _time is null)
        {
            return;
        }

        var now = _time.GetTimestamp();
        foreach (var (key, series) in _series)
        {
            if (series.IsTouched)
            {
                (series.IsTouched, series.Touched) = (false, now);
            }
            else if (_time.GetElapsedTime(series.Touched, now) >= idle)
            {
                Remove(key);
            }
        }
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
        series.Quantiles?.Observe(value, 1, Ticks);
        return bucket;
    }

    /// <summary>Now, in seconds since 1970; 0 where no times are kept.</summary>
    public double Now => Seconds(_time?.GetUtcNow());

    /// <summary>Goes on with the series of an earlier family of the same definition.</summary>
    public void TakeOver(SeriesFamily earlier)
    {
        foreach (var (key, series) in earlier._series)
        {
            Take(key);
            series.Quantiles = NewWindow(series.Quantiles);
            _series[key] = series;
        }

        Overflowed = earlier.Overflowed;
    }

    /// <summary>Every series that is not idle, for the record.</summary>
    public IReadOnlyList<SavedSeries> Save()
    {
        Expire();
        return [.. _series.Select(entry => new SavedSeries(entry.Key, entry.Value.Value, entry.Value.Created, [.. entry.Value.Counts, .. entry.Value.Quantiles?.Save() ?? []]))];
    }

    /// <summary>Goes on with series that are on record.</summary>
    public void Restore(SavedFamily saved)
    {
        foreach (var one in saved.Series)
        {
            Take(one.Key);
            var series = Create(one.Key, one.Created);
            series.Value = one.Value;
            one.Counts.AsSpan(0, series.Counts.Length).CopyTo(series.Counts);
            series.Quantiles?.Restore(one.Counts.AsSpan(series.Counts.Length));
            _series[one.Key] = series;
        }

        Overflowed = saved.Overflowed;
    }

    /// <summary>The name with its labels, as the page has it.</summary>
    public string Describe(ReadOnlySpan<byte> key)
    {
        var prefix = Encoding.UTF8.GetString(Prefix(key));
        return !Definition.HasParts ? prefix.TrimEnd(' ')
            : prefix.Length == 0 ? Definition.Name
            : $"{Definition.Name}{{{prefix.TrimEnd(',')}}}";
    }

    public void Clear() => _series.Clear();

    public void Write(ExpositionBuffer buffer, MetricsFormat format = MetricsFormat.Text, bool withCreated = true)
    {
        var text = format == MetricsFormat.OpenMetrics ? _openMetrics : _text;
        var now = Ticks;
        text.WriteHeader(buffer);
        foreach (var series in _series.Values)
        {
            text.Write(buffer, series, withCreated, now);
        }
    }

    private static double Seconds(DateTimeOffset? time) => time is { } known ? known.ToUnixTimeMilliseconds() / 1000.0 : 0;

    private long Ticks => _time?.GetUtcNow().Ticks ?? 0;

    /// <summary>Series without labels and the one for what is beyond the limits are always there.</summary>
    private bool IsBudgeted(ReadOnlySpan<byte> key) => Definition.Labels.Count > 0 && !key.SequenceEqual(_overflowKey);

    private void Take(byte[] key)
    {
        if (IsBudgeted(key))
        {
            _budget.TryTake(_series.Count);
        }
    }

    private void Remove(byte[] key)
    {
        if (_series.Remove(key) && IsBudgeted(key))
        {
            _budget.Release();
        }
    }

    private Series Create(ReadOnlySpan<byte> key, double created)
    {
        var buckets = Definition.Kind switch { MetricKind.Histogram => _bounds.Length + 1, MetricKind.Summary => 1, _ => 0 };
        return new Series(Prefix(key), buckets, created)
        {
            Quantiles = NewWindow(null),
            IsTouched = true,
        };
    }

    private QuantileWindow? NewWindow(QuantileWindow? earlier)
    {
        if (Definition.Quantiles.Count == 0)
        {
            return null;
        }

        var window = new QuantileWindow(Definition.MaxAge);
        window.Restore(earlier?.Save());
        return window;
    }

    private byte[] Prefix(ReadOnlySpan<byte> key)
    {
        using var buffer = new ExpositionBuffer(256);
        var hasParts = Definition.HasParts;
        if (!hasParts)
        {
            buffer.Write(Definition.Name);
        }

        for (var i = 0; i < Definition.Labels.Count; i++)
        {
            var end = key.IndexOf(SeriesKey.Separator);
            if (!hasParts)
            {
                buffer.Write(i == 0 ? (byte)'{' : (byte)',');
            }

            buffer.WriteLabel(Definition.Labels[i], end < 0 ? key : key[..end]);
            key = end < 0 ? default : key[(end + 1)..];
            if (hasParts)
            {
                buffer.Write((byte)',');
            }
        }

        if (!hasParts)
        {
            buffer.Write(Definition.Labels.Count > 0 ? "} "u8 : " "u8);
        }

        return buffer.Written.ToArray();
    }
}
