using Sidecars.Adapter.Exposition;

namespace Sidecars.Adapter.Merging;

/// <summary>One metric of a page: what the page says of it, and its series, each once.</summary>
internal sealed class PageFamily(string name)
{
    private readonly List<SampleText> _samples = [];
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public MetricKind Kind { get; set; } = MetricKind.Untyped;

    public string Help { get; set; } = "";

    public IReadOnlyList<SampleText> Samples => _samples;

    /// <summary>Whether a sample's name is one that a metric of this type has.</summary>
    public bool Has(string sample) => sample == Name ? Kind != MetricKind.Histogram : sample.StartsWith(Name, StringComparison.Ordinal) && sample[Name.Length..] switch
    {
        "_bucket" => Kind == MetricKind.Histogram,
        "_sum" or "_count" => Kind is MetricKind.Histogram or MetricKind.Summary,
        _ => false,
    };

    /// <summary>Adds a sample; false when the series is there already.</summary>
    public bool TryAdd(SampleText sample)
    {
        if (!_series.Add(sample.Series))
        {
            return false;
        }

        _samples.Add(sample);
        return true;
    }

    /// <summary>
    /// Whether a strict reader takes the samples for what the type says: of a histogram, for each set of labels, buckets that do not
    /// decrease up to that of +Inf, which is the count; of a counter nothing that is negative.
    /// </summary>
    public bool IsSound() => Kind switch
    {
        MetricKind.Histogram => Groups().All(IsHistogram),
        MetricKind.Summary => Groups().All(group => IsSummary([.. group])),
        MetricKind.Counter => _samples.TrueForAll(sample => sample.Value >= 0),
        _ => true,
    };

    /// <summary>The samples by their labels other than those of the parts.</summary>
    public IEnumerable<IGrouping<string, SampleText>> Groups() => _samples.GroupBy(sample => string.Join('\u0001', sample.Labels.Where(label => label.Name is not ("le" or "quantile")).Select(label => $"{label.Name}\u0002{label.Value}")));

    /// <summary>A bucket's bound, or NaN for what is none.</summary>
    public static double Bound(SampleText sample, string label)
    {
        var text = sample.Labels.FirstOrDefault(one => one.Name == label).Value;
        return text is not null && SampleText.TryNumber(text, out var bound) ? bound : double.NaN;
    }

    private bool IsHistogram(IGrouping<string, SampleText> group)
    {
        var buckets = group.Where(sample => sample.Name == Name + "_bucket").Select(sample => (Bound: Bound(sample, "le"), sample.Value)).OrderBy(bucket => bucket.Bound).ToList();
        var count = group.Where(sample => sample.Name == Name + "_count").ToList();
        return AreBuckets(buckets)
            && count is [var one] && one.Value.Equals(buckets[^1].Value)
            && group.Count(sample => sample.Name == Name + "_sum" && sample.Value >= 0) == 1
            && group.All(sample => sample.Name == Name + "_bucket" || sample.Labels.All(label => label.Name != "le"));
    }

    private static bool AreBuckets(List<(double Bound, double Value)> buckets) =>
        buckets.Count > 0
        && buckets.TrueForAll(bucket => !double.IsNaN(bucket.Bound) && bucket.Value >= 0)
        && double.IsPositiveInfinity(buckets[^1].Bound)
        && buckets.Zip(buckets.Skip(1)).All(pair => pair.First.Bound < pair.Second.Bound && pair.First.Value <= pair.Second.Value);

    private bool IsSummary(List<SampleText> group) =>
        group.TrueForAll(sample => sample.Name == Name
            ? Bound(sample, "quantile") is >= 0 and <= 1 && (sample.Value >= 0 || double.IsNaN(sample.Value))
            : sample.Labels.All(label => label.Name != "quantile") && sample.Value >= 0)
        && group.Exists(sample => sample.Name == Name + "_count") && group.Exists(sample => sample.Name == Name + "_sum");
}
