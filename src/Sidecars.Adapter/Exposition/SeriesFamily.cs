using System.Text;

namespace Sidecars.Adapter.Exposition;

/// <summary>One series: its value, or for a histogram its sum and the count of each bucket (the last one is +Inf).</summary>
internal sealed class Series(byte[] prefix, int buckets)
{
    /// <summary>What stands before the value: the name with the labels, or of a histogram only the labels, with a comma where more follow.</summary>
    public byte[] Prefix { get; } = prefix;

    public long[] Counts { get; } = buckets == 0 ? [] : new long[buckets];

    public double Value { get; set; }
}

/// <summary>All series of one metric. Not thread-safe: <see cref="SeriesStore"/> has the lock.</summary>
internal sealed class SeriesFamily
{
    private readonly Dictionary<byte[], Series> _series = new(SeriesKey.Comparer);
    private readonly Dictionary<byte[], Series>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly SeriesBudget _budget;
    private readonly double[] _bounds;
    private readonly byte[][] _boundLabels;
    private readonly byte[] _header;
    private readonly byte[] _overflowKey;

    public SeriesFamily(MetricDefinition definition, SeriesBudget budget)
    {
        Definition = definition;
        _budget = budget;
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<byte>>();
        _bounds = [.. definition.Buckets];
        _boundLabels = [.. _bounds.Append(double.PositiveInfinity).Select(BoundLabel)];
        _header = Header(definition);
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

        series = new Series(Prefix(key), Definition.Kind == MetricKind.Histogram ? _bounds.Length + 1 : 0);
        _series.Add(key.ToArray(), series);
        return series;
    }

    /// <summary>Puts a value into the buckets of a histogram's series.</summary>
    public void Observe(Series series, double value)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
        {
            bucket++;
        }

        series.Counts[bucket]++;
        series.Value += value;
    }

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

    /// <summary>The name with its labels, as the page has it.</summary>
    public string Describe(ReadOnlySpan<byte> key)
    {
        var prefix = Encoding.UTF8.GetString(Prefix(key));
        return Definition.Kind != MetricKind.Histogram ? prefix.TrimEnd(' ')
            : prefix.Length == 0 ? Definition.Name
            : $"{Definition.Name}{{{prefix.TrimEnd(',')}}}";
    }

    public void Clear() => _series.Clear();

    public void Write(ExpositionBuffer buffer)
    {
        buffer.Write(_header);
        foreach (var series in _series.Values)
        {
            if (Definition.Kind == MetricKind.Histogram)
            {
                WriteHistogram(buffer, series);
            }
            else
            {
                buffer.Write(series.Prefix);
                buffer.Write(series.Value);
                buffer.Write((byte)'\n');
            }
        }
    }

    private void WriteHistogram(ExpositionBuffer buffer, Series series)
    {
        var count = 0L;
        for (var i = 0; i < _boundLabels.Length; i++)
        {
            count += series.Counts[i];
            buffer.Write(Definition.Name);
            buffer.Write("_bucket{"u8);
            buffer.Write(series.Prefix);
            buffer.Write(_boundLabels[i]);
            buffer.Write(count);
            buffer.Write((byte)'\n');
        }

        WritePart(buffer, series, "_sum"u8);
        buffer.Write(series.Value);
        buffer.Write((byte)'\n');
        WritePart(buffer, series, "_count"u8);
        buffer.Write(count);
        buffer.Write((byte)'\n');
    }

    private void WritePart(ExpositionBuffer buffer, Series series, ReadOnlySpan<byte> suffix)
    {
        buffer.Write(Definition.Name);
        buffer.Write(suffix);
        if (series.Prefix.Length > 0)
        {
            buffer.Write((byte)'{');
            buffer.Write(series.Prefix.AsSpan(0, series.Prefix.Length - 1));
            buffer.Write((byte)'}');
        }

        buffer.Write((byte)' ');
    }

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

    private static byte[] BoundLabel(double bound)
    {
        using var buffer = new ExpositionBuffer(64);
        buffer.Write("le=\""u8);
        buffer.Write(bound);
        buffer.Write("\"} "u8);
        return buffer.Written.ToArray();
    }

    private static byte[] Header(MetricDefinition definition)
    {
        using var buffer = new ExpositionBuffer(256);
        buffer.Write("# HELP "u8);
        buffer.Write(definition.Name);
        buffer.Write((byte)' ');
        buffer.WriteHelp(definition.Help);
        buffer.Write("\n# TYPE "u8);
        buffer.Write(definition.Name);
        buffer.Write(definition.Kind switch
        {
            MetricKind.Counter => " counter\n"u8,
            MetricKind.Gauge => " gauge\n"u8,
            MetricKind.Histogram => " histogram\n"u8,
            _ => " untyped\n"u8,
        });
        return buffer.Written.ToArray();
    }
}
