using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Keeps the names of all inputs apart: one name is one metric, of one type, with one set of labels.</summary>
internal sealed class MetricRegistryCheck(ProblemList problems)
{
    private readonly Dictionary<string, Entry> _byName = new(StringComparer.Ordinal);

    public void Add(string kind, string name, MetricOptions metric, bool isPage, string path)
    {
        var labels = string.Join(", ", metric.Labels.Select(label => label.Name));
        var entry = new Entry(kind, labels, metric.Details, isPage, path);
        if (_byName.TryAdd(name, entry))
        {
            CheckParts(name, kind, path);
            return;
        }

        var earlier = _byName[name];
        if (earlier.Kind != kind)
        {
            problems.Add(path, $"{name} is a {earlier.Kind} in {earlier.Path}; one name has one type");
        }
        else if (earlier.Labels != labels || earlier.Details != entry.Details)
        {
            problems.Add(path, $"{name} has other labels or buckets in {earlier.Path} (or quantiles, max_age, states, expire); one name has one set of them");
        }
        else if (isPage || earlier.IsPage)
        {
            problems.Add(path, $"{name} is made in {earlier.Path} already; several logs may share a metric, a page may not");
        }
    }

    public void AddUp(string name, string path)
    {
        if (!_byName.TryAdd(name, new Entry("gauge", "", "", true, path)))
        {
            problems.Add(path, $"{name} is made in {_byName[name].Path} already; choose another name");
        }
    }

    /// <summary>A histogram named x makes x_bucket, x_sum and x_count too.</summary>
    private void CheckParts(string name, string kind, string path)
    {
        foreach (var (other, entry) in _byName.Where(known => known.Key != name))
        {
            if (IsPart(name, other, entry.Kind) || IsPart(other, name, kind))
            {
                problems.Add(path, $"{name} and {other} in {entry.Path} clash, as a histogram also makes _bucket, _sum and _count, and a summary the latter two; rename one");
            }
            else if (IsOpenMetricsName(name, kind, other) || IsOpenMetricsName(other, entry.Kind, name))
            {
                problems.Add(path, $"{name} and {other} in {entry.Path} clash, as OpenMetrics names a counter without _total and an info without _info, and adds _created; rename one");
            }
        }
    }

    private static bool IsPart(string name, string whole, string kind) =>
        (kind == "histogram" && name == whole + "_bucket") || (kind is "histogram" or "summary" && (name == whole + "_sum" || name == whole + "_count"));

    private static bool IsOpenMetricsName(string counter, string kind, string name) =>
        (kind == "counter" && MetricLint.WithoutTotal(counter) is var family && (name == family || name == family + "_created"))
        || (kind == "info" && name == MetricLint.WithoutInfo(counter))
        || (kind is "histogram" or "summary" && name == counter + "_created");

    private sealed record Entry(string Kind, string Labels, string Details, bool IsPage, string Path);
}
