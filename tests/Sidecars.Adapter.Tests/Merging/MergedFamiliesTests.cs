using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Merging;
using Sidecars.Adapter.Options;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Merging;

/// <summary>From the pages of other processes to one that strict readers take.</summary>
public class MergedFamiliesTests
{
    [Fact]
    public async Task Merge_PagesThatShareMetrics_OneMetricEach()
    {
        var drops = new MergeDrops();
        var families = Merge(
            drops,
            (new MergeOptions { Labels = { ["app"] = "a" } }, "# HELP x_total An \\\\ x.\n# TYPE x_total counter\nx_total{app=\"own\",b=\"q\\\"\\n\"} 1\n# TYPE t_seconds histogram\nt_seconds_bucket{le=\"1\"} 1\nt_seconds_bucket{le=\"+Inf\"} 2\nt_seconds_sum 3\nt_seconds_count 2\n"),
            (new MergeOptions { Labels = { ["app"] = "b" } }, "# TYPE x_total counter\nx_total 5 1700000000123\n# TYPE t_seconds gauge\nt_seconds 4\n"),
            (new MergeOptions { Prefix = "p_", Keep = ["x*"], Drop = ["*z"] }, "x_total 7\nxz 1\ny 1\n"));

        Assert.Equal(
            """
            # HELP x_total An \\ x.
            # TYPE x_total counter
            x_total{app="own",b="q\"\n"} 1
            x_total{app="b"} 5 1700000000123
            # TYPE t_seconds histogram
            t_seconds_bucket{app="a",le="1"} 1
            t_seconds_bucket{app="a",le="+Inf"} 2
            t_seconds_sum{app="a"} 3
            t_seconds_count{app="a"} 2
            # TYPE p_x_total untyped
            p_x_total 7

            """,
            Text(families(), MetricsFormat.Text));
        Assert.Equal(1, drops.Conflict);
        var strict = await OpenMetricsParser.ParseAsync(Text(families(), MetricsFormat.OpenMetrics) + "# EOF\n");
        Assert.Equal(7, strict.Count);
        Assert.Contains(strict, line => line.StartsWith("counter", StringComparison.Ordinal) && line.Contains("'app': 'b'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"+Inf\"} 2\nh_sum 1\nh_count 2\n", "h_bucket")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 5\n", "h_bucket")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"x\"} 5\nh_bucket{le=\"+Inf\"} 5\nh_sum 1\nh_count 5\n", "h_bucket")]
    [InlineData("# TYPE h summary\nh{quantile=\"7\"} 5\nh_sum 1\nh_count 1\n", "h")]
    [InlineData("# TYPE h summary\nh_sum 1\n", "h_sum")]
    [InlineData("# TYPE h_total counter\nh_total -1\n", "h_total")]
    public async Task Merge_MetricThatIsNotWhatItsTypeSays_IsToldWithoutAType(string page, string name)
    {
        var families = Merge(new MergeDrops(), (new MergeOptions(), page));

        Assert.Equal("untyped", MetricsText.Parse(Text(families(), MetricsFormat.Text)).Types[name]);
        await OpenMetricsParser.ParseAsync(Text(families(), MetricsFormat.OpenMetrics) + "# EOF\n");
    }

    [Fact]
    public async Task Merge_HostilePages_RestIsThereAndPageIsRight()
    {
        var random = new Random(17);
        string[] pieces = ["# TYPE ", "# HELP ", "a", "b_total", "h", "h_bucket", "h_sum", "h_count", "{", "}", "le=\"1\"", "le=\"+Inf\"", "x=\"\\", "\"", ",", " ", "1", "-1", "NaN", "+Inf", "1e999", "\n", "\n", "\n", "counter", "gauge", "histogram", "summary", "unknown", "7", "\0", "\uFFFD", "# EOF\n", "_created", "quantile=\"0.5\""];
        for (var round = 0; round < 300; round++)
        {
            var page = string.Concat(Enumerable.Range(0, 200).Select(_ => pieces[random.Next(pieces.Length)])) + "\ngood 1\n";
            var drops = new MergeDrops();
            var families = Merge(drops, (new MergeOptions(), page), (new MergeOptions { Labels = { ["n"] = "1" } }, page));

            var text = MetricsText.Parse(Text(families(), MetricsFormat.Text));

            Assert.Equal(2, text.Sum("good"));
            Assert.True(drops.Malformed > 0);
            if (round % 60 == 0)
            {
                await OpenMetricsParser.ParseAsync(Text(families(), MetricsFormat.OpenMetrics) + "# EOF\n");
            }
        }
    }

    [Fact]
    public void Merge_TakenNamesDuplicatesAndLimits_AreCounted()
    {
        var drops = new MergeDrops();
        var names = new MetricNames();
        names.TryTake("own_seconds", MetricKind.Histogram);
        var families = new MergedFamilies(names, name => name == "process_x", most: 2);

        families.Add(new MergedPage("p", new MergeOptions { Url = "http://x/" }).Read("own_seconds_sum 1\nprocess_x 1\na 1\na 2\nb 1\nc 1\nnonsense\n"u8, drops), drops);

        Assert.Equal((2, 1, 1, 1), (drops.Conflict, drops.Duplicate, drops.Limit, drops.Malformed));
        Assert.Equal("# TYPE a untyped\na 1\n# TYPE b untyped\nb 1\n", Text(families, MetricsFormat.Text));
    }

    /// <summary>Made anew for each text, as the names are taken by writing.</summary>
    private static Func<MergedFamilies> Merge(MergeDrops drops, params (MergeOptions Options, string Page)[] pages) => () =>
    {
        var families = new MergedFamilies(new MetricNames(), _ => false, 10_000);
        foreach (var (options, page) in pages)
        {
            options.Url = "http://127.0.0.1:1/";
            families.Add(new MergedPage("p", options).Read(Encoding.UTF8.GetBytes(page), drops), drops);
        }

        return families;
    };

    private static string Text(MergedFamilies families, MetricsFormat format)
    {
        using var buffer = new ExpositionBuffer();
        families.Write(buffer, format);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
