using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Sources;
using Sidecars.Adapter.State;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.State;

/// <summary>What goes on over a restart, and what begins anew.</summary>
public sealed class RestorationTests : IDisposable
{
    private const string Metrics = """
        { "counter": "a_total", "labels": ["m"] }, { "histogram": "took", "value": "t", "labels": ["m"], "buckets": [1, 2] }, { "gauge": "last", "value": "t" }
        """;

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Restart_AllKinds_TheWholePageIsTheSame()
    {
        _folder.Write("a.log", "GET 0.5\nPUT 1.5\nGET 9\n");
        var (before, state) = await RunAsync(Input("app", Metrics));

        var (after, again) = await RunAsync(Input("app", Metrics), state);

        Assert.Contains("took_bucket{m=\"GET\",le=\"1.0\"} 1\n", before, StringComparison.Ordinal);
        Assert.Contains("took_created{m=\"GET\"} ", before, StringComparison.Ordinal);
        Assert.Equal(before, after);
        Assert.Equal(StateFormat.Write(state), StateFormat.Write(again));
    }

    [Theory]
    [InlineData("renamed", "{ \"counter\": \"a_total\", \"labels\": [\"m\"] }", 4)]
    [InlineData("app", "{ \"counter\": \"a_total\", \"labels\": [\"t\"] }", 1)]
    [InlineData("app", "{ \"counter\": \"b_total\", \"labels\": [\"m\"] }", 1)]
    public async Task Restart_ChangedConfiguration_SameMetricGoesOnAndAnotherBeginsAnew(string name, string metric, int expected)
    {
        var log = _folder.Write("a.log", "GET 1\nGET 1\nPUT 1\n");
        var (_, state) = await RunAsync(Input("app", Metrics));
        await File.AppendAllTextAsync(log, "GET 1\n", TestContext.Current.CancellationToken);

        var (page, _) = await RunAsync(Input(name, metric), state);

        var family = metric.Contains("b_total", StringComparison.Ordinal) ? "b_total" : "a_total";
        Assert.Equal(expected, Text(page).Sum(family));
    }

    [Fact]
    public async Task Restart_ReplacedFile_IsReadFromItsBeginning()
    {
        var log = _folder.Write("a.log", "GET 1\nGET 1\n");
        var (_, state) = await RunAsync(Input("app", Metrics));
        await using (var stream = new FileStream(log, FileMode.Open))
        {
            stream.SetLength(0);
            stream.Write("PUT 2\nPUT 2\nPUT 2\n"u8);
        }

        var (page, _) = await RunAsync(Input("app", Metrics), state);

        Assert.Equal(5, Text(page).Sum("a_total"));
    }

    [Fact]
    public async Task Restart_RenamedAndCreatedSince_BothAreReadToTheEnd()
    {
        var log = _folder.Write("a.log", "GET 1\nGET 1\n");
        var (_, state) = await RunAsync(Input("app", Metrics, from: "end"));
        await File.AppendAllTextAsync(log, "GET 1\n", TestContext.Current.CancellationToken);
        File.Move(log, _folder["a.log.1"]);
        _folder.Write("a.log", "PUT 1\nPUT 1\n");

        var (page, _) = await RunAsync(Input("app", Metrics, from: "end"), state);

        Assert.Equal(1, Text(page).Value("a_total", ("m", "GET")));
        Assert.Equal(2, Text(page).Value("a_total", ("m", "PUT")));
    }

    [Fact]
    public async Task Restart_InTheMiddleOfALongLine_ItIsOneLine()
    {
        const string Lines = """{ "counter": "lines_total" }""";
        var log = _folder.Write("a.log", new string('x', 300_000) + " 1");
        var (before, state) = await RunAsync(Input("app", Lines), lines: 1);
        await File.AppendAllTextAsync(log, "rest\nGET 1\n", TestContext.Current.CancellationToken);

        var (after, _) = await RunAsync(Input("app", Lines), state);

        Assert.Equal(0, Text(before).Sum("lines_total"));
        Assert.Equal(1, Text(after).Sum("lines_total"));
    }

    [Fact]
    public async Task Restart_FolderIsNotMountedYet_ThePlaceIsNotForgotten()
    {
        var logs = _folder.Folder("logs");
        _folder.Write("logs/a.log", "GET 1\nGET 1\n");
        var (_, state) = await RunAsync(Input("app", Metrics, file: "logs/a.log"));
        Directory.Move(logs, _folder["elsewhere"]);
        var (_, without) = await RunAsync(Input("app", Metrics, file: "logs/a.log"), state);
        Directory.Move(_folder["elsewhere"], logs);

        var (page, _) = await RunAsync(Input("app", Metrics, file: "logs/a.log"), without);

        Assert.Equal(2, Text(page).Sum("a_total"));
    }

    public void Dispose() => _folder.Dispose();

    private static MetricsText Text(string page) =>
        MetricsText.Parse(string.Concat(page.Split('\n').Where(line => line.Length > 0 && !line.Contains("_created", StringComparison.Ordinal)).Select(line => line + "\n")));

    private string Input(string name, string metrics, string from = "beginning", string file = "a.log") =>
        $$"""{ "inputs": { "{{name}}": { "tail": "{{_folder[file]}}", "from": "{{from}}", "format": "$m $t", "metrics": [ {{metrics}} ] } } }""";

    /// <summary>One run: catches up, and gives the page and the state of that moment.</summary>
    private static async Task<(string Page, SavedState State)> RunAsync(string configuration, SavedState? saved = null, int lines = 0)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        await using var sources = new SourceSet(new SourceMetrics(Prometheus.Metrics.WithCustomRegistry(registry)), TimeProvider.System, NullLoggerFactory.Instance);
        var plan = RulesTests.Compile(configuration);
        await sources.ApplyAsync(plan, saved);
        await sources.CaughtUpAsync().WaitAsync(TimeSpan.FromMinutes(1));
        if (lines > 0)
        {
            await Eventually.True(() => Task.FromResult(sources.Save()!.Sources[0].Files.Any(file => file.InLongLine)), TimeSpan.FromSeconds(60));
        }

        var state = sources.Save();
        using var buffer = new ExpositionBuffer();
        plan.LogSeries.Write(buffer, MetricsFormat.OpenMetrics);
        return (Encoding.UTF8.GetString(buffer.Written), state!);
    }
}
