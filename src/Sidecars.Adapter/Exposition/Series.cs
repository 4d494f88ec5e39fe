namespace Sidecars.Adapter.Exposition;

/// <summary>One series: its value, or for a histogram its sum and the count of each bucket (the last one is +Inf).</summary>
internal sealed class Series(byte[] prefix, int buckets, double created)
{
    private Exemplar?[] _exemplars = [];

    /// <summary>What stands before the value: the name with the labels, or of a histogram only the labels, with a comma where more follow.</summary>
    public byte[] Prefix { get; } = prefix;

    public long[] Counts { get; } = buckets == 0 ? [] : new long[buckets];

    public double Value { get; set; }

    /// <summary>What was observed lately; null for all but summaries.</summary>
    public QuantileWindow? Quantiles { get; set; }

    /// <summary>Whether a sample came since this was last looked at.</summary>
    public bool IsTouched { get; set; }

    /// <summary>When it was last seen to have had a sample, as a time stamp of the clock.</summary>
    public long Touched { get; set; }

    /// <summary>When it was made, in seconds since 1970; 0 where that is not known, as of what a page counts itself.</summary>
    public double Created { get; set; } = created;

    /// <summary>The exemplar of a bucket (of a counter, of bucket 0) to fill; made on first use.</summary>
    public Exemplar ExemplarOf(int bucket)
    {
        if (_exemplars.Length == 0)
        {
            _exemplars = new Exemplar?[Math.Max(1, Counts.Length)];
        }

        return _exemplars[bucket] ??= new Exemplar();
    }

    /// <summary>The exemplar of a bucket; null when it has none.</summary>
    public Exemplar? FindExemplar(int bucket) => bucket < _exemplars.Length ? _exemplars[bucket] : null;
}

/// <summary>The last observation that said where to look further: a label such as a trace id, the value, and when it was read.</summary>
internal sealed class Exemplar
{
    /// <summary>What OpenMetrics allows for names and values of an exemplar's labels together, in characters.</summary>
    public const int MostCharacters = 128;

    private readonly byte[] _value = new byte[MostCharacters];
    private int _length;

    public string Label { get; private set; } = "";

    public ReadOnlySpan<byte> LabelValue => _value.AsSpan(0, _length);

    public double Value { get; private set; }

    /// <summary>Seconds since 1970.</summary>
    public double Time { get; private set; }

    /// <summary>Notes an observation. The label's value is printable ASCII and, with its name, within <see cref="MostCharacters"/>.</summary>
    public void Set(string label, ReadOnlySpan<byte> labelValue, double value, double time)
    {
        labelValue.CopyTo(_value);
        (Label, _length, Value, Time) = (label, labelValue.Length, value, time);
    }
}
