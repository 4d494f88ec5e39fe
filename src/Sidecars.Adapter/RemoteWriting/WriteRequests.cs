using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Common.Protobuf;
using Snappier;

namespace Sidecars.Adapter.RemoteWriting;

/// <summary>
/// Prometheus' remote write 1.0 (prometheus.io/docs/specs/prw/remote_write_spec): series with their labels sorted and one sample each,
/// as protobuf in one block of snappy, so many to a request as receivers usually take.
/// </summary>
internal static class WriteRequests
{
    private const int MostSeries = 2000;
    private const string NameLabel = "__name__";

    // fields of prompb's WriteRequest, TimeSeries, Label and Sample
    private const int RequestSeries = 1;
    private const int SeriesLabels = 1;
    private const int SeriesSamples = 2;
    private const int LabelName = 1;
    private const int LabelValue = 2;
    private const int SampleValue = 1;
    private const int SampleTime = 2;

    /// <summary>Another NaN stands for the end of a series.</summary>
    private const ulong OrdinaryNaN = 0x7FF8000000000001;

    /// <summary>The requests, each with its number of samples.</summary>
    /// <param name="samples">The page.</param>
    /// <param name="labels">Labels that each series gets where it has none of that name.</param>
    /// <param name="milliseconds">The time of samples that say none, since 1970.</param>
    public static IEnumerable<(byte[] Body, int Samples)> Of(IEnumerable<SampleText> samples, IReadOnlyDictionary<string, string> labels, long milliseconds)
    {
        var request = new ProtobufWriter();
        foreach (var some in samples.Chunk(MostSeries))
        {
            request.Clear();
            foreach (var sample in some)
            {
                Write(request, sample, labels, milliseconds);
            }

            yield return (Snappy.CompressToArray(request.Written), some.Length);
        }
    }

    private static void Write(ProtobufWriter request, SampleText sample, IReadOnlyDictionary<string, string> more, long milliseconds)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { [NameLabel] = sample.Name };
        foreach (var (name, value) in sample.Labels)
        {
            labels[name] = value;
        }

        foreach (var (name, value) in more)
        {
            labels.TryAdd(name, value);
        }

        var series = request.Begin(RequestSeries);
        foreach (var (name, value) in labels.Where(label => label.Value.Length > 0))
        {
            var label = request.Begin(SeriesLabels);
            request.Bytes(LabelName, Encoding.UTF8.GetBytes(name));
            request.Bytes(LabelValue, Encoding.UTF8.GetBytes(value));
            request.End(label);
        }

        var point = request.Begin(SeriesSamples);
        request.Fixed64(SampleValue, double.IsNaN(sample.Value) ? OrdinaryNaN : BitConverter.DoubleToUInt64Bits(sample.Value));
        request.Number(SampleTime, sample.Milliseconds ?? milliseconds);
        request.End(point);
        request.End(series);
    }
}
