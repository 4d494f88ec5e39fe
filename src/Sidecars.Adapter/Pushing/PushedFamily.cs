using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Pushing;

/// <summary>All series of one metric that is pushed. Each has labels of its own, as each sample may bring others.</summary>
internal sealed class PushedFamily
{
    private readonly Dictionary<string, PushedSeries> _series = new(StringComparer.Ordinal);
    private readonly FamilyText _text;
    private readonly FamilyText _openMetrics;
    private readonly double[] _bounds;
    private readonly Mapping _mapping;

    public PushedFamily(MetricDefinition definition, Mapping mapping)
    {
        Definition = definition;
        _mapping = mapping;
        _bounds = [.. definition.Buckets];
        _text = new FamilyText(definition, MetricsFormat.Text);
        _openMetrics = new FamilyText(definition, MetricsFormat.OpenMetrics);
    }

    public MetricDefinition Definition { get; }

    public int Count => _series.Count;

    public PushedSeries? Find(string key) => _series.GetValueOrDefault(key);

    public PushedSeries Add(string key, IReadOnlyList<(string Name, byte[] Value)> labels, Mapping mapping, double created)
    {
        var buckets = Definition.Kind switch { MetricKind.Histogram => _bounds.Length + 1, MetricKind.Summary => 1, _ => 0 };
        var series = new PushedSeries(this, new Series(Prefix(labels), buckets, created), mapping)
        {
            Quantiles = Definition.Kind == MetricKind.Summary ? new QuantileWindow(_mapping.MaxAge) : null,
        };
        _series.Add(key, series);
        return series;
    }

    public void Observe(PushedSeries series, double value, long weight, long now)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
        {
            bucket++;
        }

        series.Series.Counts[bucket] += weight;
        series.Series.Value += value * weight;
        series.Quantiles?.Observe(value, weight, now);
    }

    /// <summary>Takes away what had no sample for as long as its mapping says; returns how many.</summary>
    public int Expire(long now)
    {
        var idle = _series.Where(entry => entry.Value.IsIdle(now)).Select(entry => entry.Key).ToList();
        idle.ForEach(key => _series.Remove(key));
        return idle.Count;
    }

    public void Write(ExpositionBuffer buffer, MetricsFormat format, bool withCreated, long now)
    {
        var text = format == MetricsFormat.OpenMetrics ? _openMetrics : _text;
        text.WriteHeader(buffer);
        foreach (var one in _series.Values)
        {
            if (one.Quantiles is { } quantiles)
            {
                text.WriteSummary(buffer, one.Series, _mapping.Quantiles, quantile => quantiles.Quantile(quantile, now));
                continue;
            }

            one.Series.Value = one.Distinct?.Estimate() ?? one.Series.Value;
            text.Write(buffer, one.Series, withCreated);
        }
    }

    private byte[] Prefix(IReadOnlyList<(string Name, byte[] Value)> labels)
    {
        using var buffer = new ExpositionBuffer(256);
        var isPart = Definition.Kind is MetricKind.Histogram or MetricKind.Summary;
        if (!isPart)
        {
            buffer.Write(Definition.Name);
        }

        for (var i = 0; i < labels.Count; i++)
        {
            buffer.Write(isPart ? "" : i == 0 ? "{" : ",");
            buffer.WriteLabel(labels[i].Name, labels[i].Value);
            buffer.Write(isPart ? "," : "");
        }

        buffer.Write(isPart ? "" : labels.Count > 0 ? "} " : " ");
        return buffer.Written.ToArray();
    }

    /// <summary>The same for equal labels.</summary>
    public static string Key(IReadOnlyList<(string Name, byte[] Value)> labels) =>
        string.Concat(labels.Select(label => $"{label.Name}\u0001{Encoding.UTF8.GetString(label.Value)}\u0001"));
}
