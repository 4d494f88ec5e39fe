using System.Text;
using Prometheus;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Extraction;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Merging;

/// <summary>
/// The pages and files of other processes that become part of the adapter's own. All are asked at once, each within its timeout; one that fails
/// costs nothing but its own metrics.
/// </summary>
internal sealed class MergeSet(SourceMetrics sources, MergeMetrics metrics, CollectorRegistry registry, TimeProvider time, ILoggerFactory logs) : IDisposable
{
    private readonly PageClient _client = new(time);
    private volatile Active _active = new([], [], MetricNames.None, 0);

    /// <summary>The pages and files by name, and where they are.</summary>
    public IEnumerable<(string Name, string Where)> Origins =>
        [.. _active.Pages.Select(page => (page.Page.Name, page.Page.Address!.ToString())), .. _active.Files.Select(files => (files.Name, files.Pattern))];

    public void Apply(AdapterOptions options, AdapterPlan plan)
    {
        var all = options.Prometheus.Select(entry => new MergedPage(entry.Key, entry.Value)).ToList();
        var pages = all.Where(page => page.Address is not null).ToList();
        foreach (var gone in _active.Pages.Select(page => page.Page.Name).Concat(_active.Files.Select(files => files.Name)).Except(all.Select(page => page.Name)))
        {
            sources.Forget(gone);
        }

        _active.Files.ToList().ForEach(files => files.Forget());
        var files = all.Where(page => page.Files is not null).Select(page => new TextFiles(page, sources, metrics, time, logs.CreateLogger<TextFiles>()));
        _active = new Active([.. pages.Select(page => (page, Source(page)))], [.. files], MetricNames.Of([plan.LogSeries, plan.PageSeries]), options.Limits.Series);
    }

    /// <summary>Asks all pages and writes what is wanted of them. <paramref name="pushed"/> has names that are taken since the plan was made.</summary>
    public async Task WriteAsync(Stream output, MetricsRequest request, Predicate<string> pushed, CancellationToken cancellation)
    {
        var active = _active;
        if (active.Pages.Count + active.Files.Count == 0)
        {
            return;
        }

        var limit = ScrapeDeadline.Of(request.Timeout);
        var reading = Task.WhenAll(active.Files.Select(files => files.ReadAsync(limit, cancellation)));
        var answers = await Task.WhenAll(active.Pages.Select(page => page.Source.AnswerAsync(limit, cancellation)));
        var own = await OwnNamesAsync(cancellation);
        var families = new MergedFamilies(active.Names.Copy(), name => MetricLint.IsOfThisProcess(name) || own.Contains(name) || pushed(name), active.Series);
        foreach (var ((page, source), answer) in active.Pages.Zip(answers))
        {
            var drops = new MergeDrops();
            if (answer.Failure is null)
            {
                families.Add(page.Read(answer.Text.Span, drops), drops);
            }

            source.Conclude(answer);
            metrics.Note(page.Name, drops);
        }

        foreach (var (files, texts) in active.Files.Zip(await reading))
        {
            files.AddTo(families, texts);
        }

        using var buffer = new ExpositionBuffer();
        families.Write(buffer, request.Format);
        await output.WriteAsync(buffer.WrittenMemory, cancellation);
    }

    public void Dispose() => _client.Dispose();

    private PageSource Source(MergedPage page) =>
        new(new PagePlan(page.Name, page.Address!, page.Timeout, null, null, NoRules()), _client, sources, time, logs.CreateLogger<PageSource>());

    /// <summary>Such a page is taken as it is.</summary>
    private static RuleSet NoRules() => new(new SeriesStore(new SeriesBudget(1, 1, 8, "other")), new KeyValueExtractor(":"), []);

    /// <summary>What the registry says at the end of the page.</summary>
    private async Task<HashSet<string>> OwnNamesAsync(CancellationToken cancellation)
    {
        using var page = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(page, cancellation);
        return [.. MetricsPageText.Parse(Encoding.UTF8.GetString(page.ToArray())).Families.Select(family => family.Name)];
    }

    private sealed record Active(IReadOnlyList<(MergedPage Page, PageSource Source)> Pages, IReadOnlyList<TextFiles> Files, MetricNames Names, int Series);
}
