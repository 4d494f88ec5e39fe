using System.Globalization;
using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Merging;

/// <summary>Writes a family that was read from a page, whole, in either format. OpenMetrics wants a label set's parts together, bounds as floats and times in seconds.</summary>
internal sealed class FamilyWriter(ExpositionBuffer buffer, MetricsFormat format)
{
    private const string CounterEnd = "_total";

    private readonly bool _isOpen = format == MetricsFormat.OpenMetrics;

    public void Write(PageFamily family)
    {
        var (kind, name) = (family.Kind, family.Name);
        var isOpenCounter = kind == MetricKind.Counter && name.EndsWith(CounterEnd, StringComparison.Ordinal);
        var title = _isOpen && isOpenCounter ? name[..^CounterEnd.Length] : name;
        if (family.Help.Length > 0)
        {
            buffer.Write($"# HELP {title} ");
            buffer.WriteHelp(family.Help, escapeQuotes: _isOpen);
            buffer.Write((byte)'\n');
        }

        buffer.Write($"# TYPE {title} {TypeOf(kind, isOpenCounter)}\n");
        foreach (var group in family.Groups())
        {
            foreach (var sample in group.OrderBy(sample => Order(family, sample)).ThenBy(sample => PageFamily.Bound(sample, "le")))
            {
                WriteSample(sample);
            }
        }
    }

    private void WriteSample(SampleText sample)
    {
        buffer.Write(sample.Name);
        for (var i = 0; i < sample.Labels.Count; i++)
        {
            var (label, value) = sample.Labels[i];
            buffer.Write(i == 0 ? (byte)'{' : (byte)',');
            buffer.WriteLabel(label, Encoding.UTF8.GetBytes(_isOpen && label is ("le" or "quantile") ? Float(value) : value));
        }

        buffer.Write(sample.Labels.Count > 0 ? "} " : " ");
        buffer.Write(sample.Value);
        if (sample.Milliseconds is { } time)
        {
            buffer.Write((byte)' ');
            buffer.Write(_isOpen ? (time / 1000.0).ToString("0.###", CultureInfo.InvariantCulture) : time.ToString(CultureInfo.InvariantCulture));
        }

        buffer.Write((byte)'\n');
    }

    private string TypeOf(MetricKind kind, bool isOpenCounter)
    {
        var isUntyped = kind == MetricKind.Untyped || (_isOpen && kind == MetricKind.Counter && !isOpenCounter);
        return !isUntyped ? kind.ToString().ToLowerInvariant() : _isOpen ? "unknown" : "untyped";
    }

    private static int Order(PageFamily family, SampleText sample) => sample.Name[family.Name.Length..] switch { "_sum" => 1, "_count" => 2, _ => 0 };

    private static string Float(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) ? text + ".0" : text;
}
