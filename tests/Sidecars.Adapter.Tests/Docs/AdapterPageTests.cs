using System.Text.RegularExpressions;
using Prometheus;
using Sidecars.Adapter.Merging;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.PodUse;
using Sidecars.Adapter.Probing;
using Sidecars.Adapter.Pushing;
using Sidecars.Adapter.RemoteWriting;
using Sidecars.Adapter.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Docs;

/// <summary>docs/adapter.md says what the code does.</summary>
public partial class AdapterPageTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "adapter.md"));

    [Fact]
    public async Task EveryYamlExample_IsAConfiguration()
    {
        var examples = YamlBlock().Matches(Page).Select(match => match.Groups[1].Value).ToList();
        Assert.True(examples.Count >= 2);
        using var folder = new TempFolder();
        foreach (var example in examples)
        {
            var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["check", folder.Write("adapter.yaml", example)]);
            Assert.True(exitCode == 0, error);
        }
    }

    [Fact]
    public void EveryMetricOfThePreset_IsNamed()
    {
        var options = new AdapterOptions { Nginx = new NginxOptions { LogFormat = "$request $status $body_bytes_sent $request_time $upstream_response_time" } };
        var names = InputPresets.Expand(options).Values.Concat(Enum.GetValues<InputPreset>().Select(InputPresets.Of)).SelectMany(input => input.Metrics).SelectMany(metric => metric.Given).Select(given => given.Name).Append("nginx_up").Concat(PodMetrics.All.Select(definition => definition.Name));

        Assert.All(names, name => Assert.Matches($"`{name}[`{{]", Page));
    }

    [Fact]
    public async Task EveryOwnMetric_IsNamed()
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = new SourceMetrics(Metrics.WithCustomRegistry(registry));
        metrics.Announce("x", isLog: true);
        metrics.Up.WithLabels("x");
        metrics.Duration.WithLabels("x");
        metrics.Errors.WithLabels("x", "y");
        metrics.Overflow.WithLabels("x");
        var pushed = new PushMetrics(Metrics.WithCustomRegistry(registry));
        pushed.Samples.WithLabels("x");
        pushed.Dropped.WithLabels("x", "y");
        pushed.Lost.WithLabels("x");
        var merged = new MergeMetrics(Metrics.WithCustomRegistry(registry));
        merged.Dropped.WithLabels("x", "y");
        merged.Modified.WithLabels("x", "y");
        new RemoteWriteMetrics(Metrics.WithCustomRegistry(registry)).Failures.WithLabels("x");
        var probes = new ProbeMetrics(Metrics.WithCustomRegistry(registry));
        probes.Probes.WithLabels("x", "y");
        probes.Refused.WithLabels("x");
        using var page = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(page);
        var names = TypeLine().Matches(System.Text.Encoding.UTF8.GetString(page.ToArray())).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(20, names.Count);
        Assert.All(names, name => Assert.Contains($"`{name}", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryShortcut_IsNamed() => Assert.All(
        new AdapterSidecar().Shortcuts,
        shortcut => Assert.True(Page.Contains($"`--{shortcut.Flag}`", StringComparison.Ordinal) && Page.Contains($"`{shortcut.Variable}`", StringComparison.Ordinal)));

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();

    [GeneratedRegex("^# TYPE (\\S+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
