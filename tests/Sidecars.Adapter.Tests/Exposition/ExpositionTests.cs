using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Common.Parsing;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Exposition;

public class ExpositionTests
{
    private static readonly MetricDefinition Requests = new("requests_total", MetricKind.Counter, "Requests\\ of\n\"all\".", ["method", "path"], []);

    [Fact]
    public void Write_Families_WholeText()
    {
        var store = new SeriesStore(new SeriesBudget(100, 100, 128, "other"));
        Add(store, Requests, "GET", "/a\"\\\n");
        Add(store, Requests, "GET", "");
        Add(store, new("up", MetricKind.Gauge, "Up.", [], []))!.Value = -0.5;
        Add(store, new("old", MetricKind.Untyped, "Old.", ["x"], []), "é").Value = 1e21;
        store.Family(new("unused_total", MetricKind.Counter, "Unused.", [], []));
        var duration = store.Family(new("duration_seconds", MetricKind.Histogram, "Time.", ["code"], [0.5, 1]));
        foreach (var value in (double[])[0.5, 0.75, 9, 0.125])
        {
            duration.Observe(duration.GetOrAdd("200"u8), value);
        }

        Assert.Equal(
            """
            # HELP requests_total Requests\\ of\n"all".
            # TYPE requests_total counter
            requests_total{method="GET",path="/a\"\\\n"} 1
            requests_total{method="GET",path=""} 1
            # HELP up Up.
            # TYPE up gauge
            up -0.5
            # HELP old Old.
            # TYPE old untyped
            old{x="é"} 1E+21
            # HELP duration_seconds Time.
            # TYPE duration_seconds histogram
            duration_seconds_bucket{code="200",le="0.5"} 2
            duration_seconds_bucket{code="200",le="1"} 3
            duration_seconds_bucket{code="200",le="+Inf"} 4
            duration_seconds_sum{code="200"} 10.375
            duration_seconds_count{code="200"} 4

            """,
            Text(store));
    }

    [Fact]
    public void Write_HistogramWithoutLabels_NoEmptyBraces()
    {
        var store = new SeriesStore(new SeriesBudget(100, 100, 128, "other"));
        var family = store.Family(new("d_seconds", MetricKind.Histogram, "d", [], [1]));
        family.Observe(family.GetOrAdd([]), 2);

        Assert.EndsWith("d_seconds_bucket{le=\"1\"} 0\nd_seconds_bucket{le=\"+Inf\"} 1\nd_seconds_sum 2\nd_seconds_count 1\n", Text(store), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(12345678901234, "12345678901234")]
    [InlineData(0.001, "0.001")]
    [InlineData(-3, "-3")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Write_Number_AsPrometheusReadsIt(double number, string text)
    {
        using var buffer = new ExpositionBuffer();
        buffer.Write(number);
        Assert.Equal(text, Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void GetOrAdd_MoreSeriesThanTheMetricMayHave_OneOverflowSeriesTakesTheRest()
    {
        var store = new SeriesStore(new SeriesBudget(1000, 3, 128, "other"));
        for (var i = 0; i < 10_000; i++)
        {
            Add(store, Requests, "GET", $"/{i}");
        }

        var page = MetricsText.Parse(Text(store));
        Assert.Equal(4, page.Samples.Count);
        Assert.Equal(9_997, page.Value("requests_total", ("method", "other"), ("path", "other")));
        Assert.Equal(10_000, page.Sum("requests_total"));
        Assert.Equal(9_997, store.Families[0].Overflowed);
    }

    [Fact]
    public void GetOrAdd_MoreSeriesThanAllMayHave_EachMetricHasItsOwnOverflow()
    {
        var store = new SeriesStore(new SeriesBudget(1, 1000, 128, "rest"));
        Add(store, Requests, "GET", "/");
        Add(store, Requests, "PUT", "/");
        Add(store, new("other_total", MetricKind.Counter, "o", ["x"], []), "1");
        Add(store, new("plain_total", MetricKind.Counter, "p", [], []));

        var page = MetricsText.Parse(Text(store));
        Assert.Equal(1, page.Value("requests_total", ("method", "rest"), ("path", "rest")));
        Assert.Equal(1, page.Value("other_total", ("x", "rest")));
        Assert.Equal(1, page.Value("plain_total"));
    }

    [Fact]
    public void TakeOver_OnlyWhereTheDefinitionIsTheSame()
    {
        var before = new SeriesStore(new SeriesBudget(10, 10, 128, "other"));
        Add(before, Requests, "GET", "/");
        Add(before, new("a_total", MetricKind.Counter, "a", ["x"], []), "1");
        var after = new SeriesStore(new SeriesBudget(10, 10, 128, "other"));
        Add(after, Requests with { Help = "new" }, "PUT", "/");
        after.Family(new("a_total", MetricKind.Counter, "a", ["y"], []));

        after.TakeOver(before, _ => true);

        var page = MetricsText.Parse(Text(after));
        Assert.Equal(1, page.Value("requests_total", ("method", "GET"), ("path", "/")));
        Assert.Equal(2, page.Samples.Count);
    }

    [Theory]
    [InlineData(LogEscape.Default, "plain text é", "plain text é")]
    [InlineData(LogEscape.Default, "\\x22\\x5C\\xC3\\xA9", "\"\\é")]
    [InlineData(LogEscape.Default, "\\xFF\\x00\\x1B[31m", "\uFFFD\uFFFD\uFFFD[31m")]
    [InlineData(LogEscape.Json, "a\\tb\\nc\\u0000\\u0085", "a\tb\nc\uFFFD\uFFFD")]
    [InlineData(LogEscape.None, "0123456789012345678901234567890123456789", "01234567890123456789012345678901")]
    [InlineData(LogEscape.None, "0123456789012345678901234567890é", "0123456789012345678901234567890")]
    public void LabelText_Value_IsCleanAndWithinTheLimit(LogEscape escape, string raw, string expected)
    {
        const int Limit = 32;
        var bytes = Encoding.UTF8.GetBytes(raw);
        var clean = new byte[Limit];

        var length = LabelText.Clean(escape, bytes, clean, Limit);

        Assert.Equal(expected, Encoding.UTF8.GetString(clean, 0, length));
        Assert.True(LabelText.IsClean("GET /a?b=c"u8, Limit));
        Assert.False(LabelText.IsClean("a\nb"u8, Limit));
    }

    [Fact]
    public void LabelText_RandomBytes_PageIsStillAPage()
    {
        var store = new SeriesStore(new SeriesBudget(10_000, 10_000, 64, "other"));
        var family = store.Family(new("x_total", MetricKind.Counter, "x", ["v"], []));
        var random = new Random(11);
        var raw = new byte[100];
        var clean = new byte[64];
        for (var i = 0; i < 3000; i++)
        {
            random.NextBytes(raw);
            var length = LabelText.Clean((LogEscape)random.Next(3), raw.AsSpan(0, random.Next(100)), clean, 64);
            family.GetOrAdd(clean.AsSpan(0, length)).Value++;
        }

        Assert.Equal(3000, MetricsText.Parse(Text(store)).Sum("x_total"));
    }

    private static Series Add(SeriesStore store, MetricDefinition definition, params string[] labels)
    {
        var key = labels.SelectMany((label, i) => i == 0 ? Encoding.UTF8.GetBytes(label) : [SeriesKey.Separator, .. Encoding.UTF8.GetBytes(label)]).ToArray();
        var series = store.Family(definition).GetOrAdd(key);
        series.Value++;
        return series;
    }

    private static string Text(SeriesStore store)
    {
        using var buffer = new ExpositionBuffer(16);
        store.Write(buffer);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
