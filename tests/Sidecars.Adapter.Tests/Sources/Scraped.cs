using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Adapter.Sources;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

/// <summary>The sources of a configuration with figures of their own, to be scraped as often as a test likes.</summary>
internal sealed class Scraped : IAsyncDisposable
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly SourceSet _sources;

    private Scraped(TimeProvider time) => _sources = new SourceSet(new SourceMetrics(Metrics.WithCustomRegistry(_registry)), time, NullLoggerFactory.Instance);

    public static async Task<Scraped> StartAsync(string json, TimeProvider? time = null)
    {
        var scraped = new Scraped(time ?? TimeProvider.System);
        await scraped._sources.ApplyAsync(RulesTests.Compile(json, time));
        return scraped;
    }

    /// <summary>The text of one scrape.</summary>
    public async Task<string> TextAsync()
    {
        using var page = new MemoryStream();
        await _sources.WriteAsync(page, new MetricsRequest(), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        return Encoding.UTF8.GetString(page.ToArray());
    }

    public async Task<MetricsText> PageAsync() => MetricsText.Parse(await TextAsync());

    /// <summary>The adapter's own figures.</summary>
    public async Task<MetricsText> OwnAsync()
    {
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page);
        return MetricsText.Parse(Encoding.UTF8.GetString(page.ToArray()));
    }

    /// <summary>How often an input failed for a reason.</summary>
    public async Task<double> ErrorsAsync(string input, string reason) =>
        (await OwnAsync()).Sum("sidecars_adapter_source_errors_total", ("input", input), ("reason", reason));

    public ValueTask DisposeAsync() => _sources.DisposeAsync();
}
