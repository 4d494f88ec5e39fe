using System.Text.RegularExpressions;
using Prometheus;
using Sidecars.Collector.Pipeline;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests;

/// <summary>docs/collector.md against the code.</summary>
public class DocumentedFactsTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("docs", "collector.md"));

    [Fact]
    public async Task Page_Metrics_AreTheOnesThatThereAre()
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = new CollectorMetrics(Metrics.WithCustomRegistry(registry));
        metrics.Of("x").Failed("write", "disk full", DateTimeOffset.UnixEpoch);
        metrics.Of("x").RecordTruncated();
        metrics.Of("x").LabelsOverflowed();
        metrics.Of("x").RejectedByReceiver(1);
        metrics.Of("x").SetLag([new FileLag("/a.log", 1, TimeSpan.Zero)]);
        metrics.Of("x").Dropped("refused", 0, 0);
        metrics.Of("x").Unparsed("json");
        metrics.Of("x").StepFailed("time");
        metrics.SetFiles("active", 0);
        metrics.SetPersistent(true);
        using var page = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(page);
        var real = MetricsText.Parse(System.Text.Encoding.UTF8.GetString(page.ToArray())).Types.Keys;
        var told = Regex.Matches(Text, "sidecars_collector_[a-z_]+").Select(match => match.Value).Distinct();
        Assert.Equal(real.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Page_SampleConfiguration_IsRight()
    {
        using var folder = new TempFolder();
        var yaml = Regex.Match(Text, "```yaml\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var (exitCode, _, error) = await SidecarProcess.RunAsync("collector", ["check", folder.Write("collector.yaml", yaml)]);
        Assert.True(exitCode == 0, error);
    }
}
