using System.Text;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Exposition;

/// <summary>
/// How one metric is written in one format. OpenMetrics calls a counter's family by its name without <c>_total</c>, adds unit,
/// exemplars and times of creation, and writes bounds as 1.0; text 0.0.4 has none of these.
/// </summary>
internal sealed class FamilyText
{
    private const string CounterEnd = "_total";
    private const string InfoEnd = "_info";

    private readonly MetricDefinition _definition;
    private readonly bool _isOpen;
    private readonly bool _isOpenCounter;
    private readonly byte[][] _parts;
    private readonly byte[] _header;
    private readonly string _family;

    public FamilyText(MetricDefinition definition, MetricsFormat format)
    {
        _definition = definition;
        _isOpen = format == MetricsFormat.OpenMetrics;
        _isOpenCounter = definition.Kind == MetricKind.Counter && definition.Name.EndsWith(CounterEnd, StringComparison.Ordinal);
        _family = _isOpen && _isOpenCounter ? definition.Name[..^CounterEnd.Length]
            : _isOpen && definition.Kind == MetricKind.Info ? definition.Name[..^InfoEnd.Length]
            : definition.Name;
        _parts = definition.Kind switch
        {
            MetricKind.Histogram => [.. definition.Buckets.Append(double.PositiveInfinity).Select(BoundLabel)],
            MetricKind.StateSet => [.. definition.States.Select(StateLabel)],
            _ => [],
        };
        _header = Header();
    }

    public void WriteHeader(ExpositionBuffer buffer) => buffer.Write(_header);

    /// <param name="buffer">Where to.</param>
    /// <param name="series">The series.</param>
    /// <param name="withCreated">Whether to tell when it began, where the format and the kind have that.</param>
    /// <param name="now">The time that quantiles look back from, in ticks.</param>
    public void Write(ExpositionBuffer buffer, Series series, bool withCreated, long now = 0)
    {
        switch (_definition.Kind)
        {
            case MetricKind.Histogram:
                WriteHistogram(buffer, series);
                break;
            case MetricKind.Summary:
                WriteSummary(buffer, series, _definition.Quantiles, quantile => series.Quantiles!.Quantile(quantile, now));
                break;
            case MetricKind.StateSet:
                WriteStates(buffer, series);
                break;
            default:
                buffer.Write(series.Prefix);
                buffer.Write(series.Value);
                WriteEnd(buffer, series, 0);
                break;
        }

        if (_isOpen && withCreated && series.Created > 0 && (_isOpenCounter || _definition.Kind is MetricKind.Histogram or MetricKind.Summary))
        {
            WriteCreated(buffer, series);
        }
    }

    /// <summary>Writes a summary's series: its quantiles, the sum in its value and the count in its only bucket.</summary>
    public void WriteSummary(ExpositionBuffer buffer, Series series, IReadOnlyList<double> quantiles, Func<double, double> valueOf)
    {
        foreach (var quantile in quantiles)
        {
            buffer.Write(_definition.Name);
            buffer.Write((byte)'{');
            buffer.Write(series.Prefix);
            buffer.Write("quantile=\""u8);
            buffer.Write(quantile);
            buffer.Write(_isOpen && quantile is (0 or 1) ? ".0\"} "u8 : "\"} "u8);
            buffer.Write(valueOf(quantile));
            buffer.Write((byte)'\n');
        }

        WritePart(buffer, series, "_sum"u8);
        buffer.Write(series.Value);
        buffer.Write((byte)'\n');
        WritePart(buffer, series, "_count"u8);
        buffer.Write(series.Counts[0]);
        buffer.Write((byte)'\n');
    }

    private void WriteStates(ExpositionBuffer buffer, Series series)
    {
        for (var i = 0; i < _parts.Length; i++)
        {
            buffer.Write(_definition.Name);
            buffer.Write((byte)'{');
            buffer.Write(series.Prefix);
            buffer.Write(_parts[i]);
            buffer.Write(i == series.Value ? "1\n"u8 : "0\n"u8);
        }
    }

    private void WriteHistogram(ExpositionBuffer buffer, Series series)
    {
        var count = 0L;
        for (var i = 0; i < _parts.Length; i++)
        {
            count += series.Counts[i];
            buffer.Write(_definition.Name);
            buffer.Write("_bucket{"u8);
            buffer.Write(series.Prefix);
            buffer.Write(_parts[i]);
            buffer.Write(count);
            WriteEnd(buffer, series, i);
        }

        WritePart(buffer, series, "_sum"u8);
        buffer.Write(series.Value);
        buffer.Write((byte)'\n');
        WritePart(buffer, series, "_count"u8);
        buffer.Write(count);
        buffer.Write((byte)'\n');
    }

    private void WritePart(ExpositionBuffer buffer, Series series, ReadOnlySpan<byte> part)
    {
        buffer.Write(_definition.Name);
        buffer.Write(part);
        if (series.Prefix.Length > 0)
        {
            buffer.Write((byte)'{');
            buffer.Write(series.Prefix.AsSpan(0, series.Prefix.Length - 1));
            buffer.Write((byte)'}');
        }

        buffer.Write((byte)' ');
    }

    private void WriteCreated(ExpositionBuffer buffer, Series series)
    {
        if (_definition.HasParts)
        {
            WritePart(buffer, series, "_created"u8);
        }
        else
        {
            buffer.Write(_family);
            buffer.Write("_created"u8);
            buffer.Write(series.Prefix.AsSpan(_definition.Name.Length));
        }

        buffer.Write(series.Created);
        buffer.Write((byte)'\n');
    }

    private void WriteEnd(ExpositionBuffer buffer, Series series, int bucket)
    {
        if (_isOpen && series.FindExemplar(bucket) is { } exemplar)
        {
            buffer.Write(" # {"u8);
            buffer.WriteLabel(exemplar.Label, exemplar.LabelValue);
            buffer.Write("} "u8);
            buffer.Write(exemplar.Value);
            buffer.Write((byte)' ');
            buffer.Write(exemplar.Time);
        }

        buffer.Write((byte)'\n');
    }

    private byte[] BoundLabel(double bound)
    {
        using var buffer = new ExpositionBuffer(64);
        buffer.Write("le=\""u8);
        buffer.Write(bound);
        if (_isOpen && !buffer.Written[4..].ContainsAny(".EI"u8))
        {
            buffer.Write(".0"u8);
        }

        buffer.Write("\"} "u8);
        return buffer.Written.ToArray();
    }

    private byte[] StateLabel(string state)
    {
        using var buffer = new ExpositionBuffer(64);
        buffer.WriteLabel(_definition.Name, Encoding.UTF8.GetBytes(state));
        buffer.Write("} "u8);
        return buffer.Written.ToArray();
    }

    private byte[] Header()
    {
        using var buffer = new ExpositionBuffer(256);
        WriteComment(buffer, "# HELP "u8);
        buffer.WriteHelp(_definition.Help, escapeQuotes: _isOpen);
        buffer.Write((byte)'\n');
        WriteComment(buffer, "# TYPE "u8);
        buffer.Write(_definition.Kind switch
        {
            MetricKind.Counter when !_isOpen || _isOpenCounter => "counter\n"u8,
            MetricKind.Summary => "summary\n"u8,
            MetricKind.Info when _isOpen => "info\n"u8,
            MetricKind.StateSet when _isOpen => "stateset\n"u8,
            MetricKind.Gauge or MetricKind.Info or MetricKind.StateSet => "gauge\n"u8,
            MetricKind.Histogram => "histogram\n"u8,
            _ => _isOpen ? "unknown\n"u8 : "untyped\n"u8,
        });
        if (_isOpen && _definition.Unit.Length > 0)
        {
            WriteComment(buffer, "# UNIT "u8);
            buffer.Write(_definition.Unit);
            buffer.Write((byte)'\n');
        }

        return buffer.Written.ToArray();
    }

    private void WriteComment(ExpositionBuffer buffer, ReadOnlySpan<byte> kind)
    {
        buffer.Write(kind);
        buffer.Write(_family);
        buffer.Write((byte)' ');
    }
}
