using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.PodUse;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.State;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Sources;

/// <summary>
/// All sources of the configuration in force, and the page they make. A reload compiles a new plan, hands the counts over under
/// the old store's gate, and keeps following what both plans follow.
/// </summary>
internal sealed class SourceSet(SourceMetrics metrics, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private readonly ILogger _log = logs.CreateLogger<SourceSet>();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly PageClient _client = new(time);
    private volatile Active? _active;

    /// <summary>A source ended that should not have.</summary>
    public event Action? Failed;

    /// <summary>Puts a plan in force; the first one goes on from what is on record.</summary>
    public async Task ApplyAsync(AdapterPlan plan, SavedState? saved = null)
    {
        var restored = new Restoration(plan, _active is null ? saved : null);
        await _changing.WaitAsync();
        try
        {
            var before = _active;
            var after = new Active(plan, Pages(plan), Logs(plan, before, restored), plan.Pod is { } pod ? new PodSource(pod, metrics, time) : null);
            restored.Apply();
            Swap(before, after);
            foreach (var ended in before?.Logs.Except(after.Logs) ?? [])
            {
                await ended.DisposeAsync();
            }

            foreach (var begun in after.Logs.Except(before?.Logs ?? []))
            {
                begun.Start(() => Failed?.Invoke());
            }

            await ChangePagesAsync(before, after);
            Announce(before, after);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>The plan in force; null before the start.</summary>
    public AdapterPlan? Plan => _active?.Plan;

    /// <summary>Brings the figures that are taken at a scrape up to date.</summary>
    public void Observe()
    {
        if (_active is { } active)
        {
            Observe(active);
        }
    }

    /// <summary>Done when what was there at the start is counted.</summary>
    public Task CaughtUpAsync() => Task.WhenAll(_active?.Logs.Select(log => log.CaughtUp) ?? []);

    /// <summary>What is counted up to now and up to where; null before all that was there at the start is counted.</summary>
    public SavedState? Save()
    {
        while (_active is { } active && active.Logs.All(log => log.CaughtUp.IsCompleted))
        {
            lock (active.Plan.LogSeries.Gate)
            {
                // a reload may have come between
                if (ReferenceEquals(active, _active))
                {
                    return Save(active);
                }
            }
        }

        return null;
    }

    /// <summary>Writes all series: asks all pages at once, each within its own timeout, then writes what logs counted up to now.</summary>
    public async Task WriteAsync(Stream output, MetricsRequest request, CancellationToken cancellation)
    {
        if (_active is not { } active)
        {
            return;
        }

        await CaughtUpAsync().WaitAsync(cancellation);
        var limit = ScrapeDeadline.Of(request.Timeout);
        var reading = active.Pod?.ReadAsync(limit, cancellation);
        var answers = await Task.WhenAll(active.Pages.Select(page => page.AnswerAsync(limit, cancellation)));
        var podUse = reading is null ? null : await reading;
        using var buffer = new ExpositionBuffer();
        active.Plan.LogSeries.Write(buffer, request.Format, active.Plan.WithCreated);
        lock (active.Plan.PageSeries.Gate)
        {
            active.Plan.PageSeries.Clear();
            foreach (var (page, answer) in active.Pages.Zip(answers))
            {
                page.Apply(answer);
            }

            if (podUse is not null)
            {
                active.Pod!.Apply(podUse);
            }

            active.Plan.PageSeries.Write(buffer, request.Format, active.Plan.WithCreated);
        }

        Observe(active);
        await output.WriteAsync(buffer.WrittenMemory, cancellation);
    }

    /// <summary>Reads every log to its end; returns what was done in words.</summary>
    public async Task<string> DrainAsync(CancellationToken deadline)
    {
        await _changing.WaitAsync(deadline);
        try
        {
            var sources = _active?.Logs ?? [];
            var lines = (await Task.WhenAll(sources.Select(source => source.DrainAsync(deadline)))).Sum();
            return $"inputs read to the end: {sources.Count}; lines in the drain: {lines}, in all: {sources.Sum(source => source.Lines)}";
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _active?.Logs ?? [])
        {
            await source.DisposeAsync();
        }

        foreach (var page in _active?.Pages ?? [])
        {
            await page.DisposeAsync();
        }

        _client.Dispose();
        _changing.Dispose();
    }

    private static async Task ChangePagesAsync(Active? before, Active after)
    {
        foreach (var page in after.Pages)
        {
            page.Start();
        }

        foreach (var page in before?.Pages ?? [])
        {
            await page.DisposeAsync();
        }
    }

    private PageSource[] Pages(AdapterPlan plan) =>
        [.. plan.Pages.Select(page => new PageSource(page, _client, metrics, time, logs.CreateLogger<PageSource>()))];

    /// <summary>A log that is followed already is followed on, from where it is, whatever its input is called now; each source goes to one input.</summary>
    private LogSource[] Logs(AdapterPlan plan, Active? before, Restoration restored)
    {
        var free = before?.Logs.ToList() ?? [];
        var kept = new Dictionary<LogPlan, LogSource>(ReferenceEqualityComparer.Instance);
        foreach (var sameName in (bool[])[true, false])
        {
            foreach (var log in plan.Logs.Where(log => !kept.ContainsKey(log)))
            {
                if (free.Find(source => source.Follows(log) && (!sameName || source.Name == log.Name)) is { } source)
                {
                    free.Remove(source);
                    kept.Add(log, source);
                }
            }
        }

        return [.. plan.Logs.Select(log => kept.GetValueOrDefault(log) ?? new LogSource(log, restored.Of(log), metrics, time, logs))];
    }

    private void Swap(Active? before, Active after)
    {
        lock ((before ?? after).Plan.LogSeries.Gate)
        {
            if (before is not null)
            {
                after.Plan.LogSeries.TakeOver(before.Plan.LogSeries, metric => after.Feeding(metric).All(before.Feeding(metric).Contains));
            }

            foreach (var (source, log) in after.Logs.Zip(after.Plan.Logs))
            {
                source.Use(log);
            }

            _active = after;
        }
    }

    private void Announce(Active? before, Active after)
    {
        foreach (var name in (before?.Names ?? []).Except(after.Names))
        {
            metrics.Forget(name);
        }

        foreach (var log in after.Plan.Logs)
        {
            metrics.Announce(log.Name, isLog: true);
        }

        foreach (var page in after.Plan.Pages)
        {
            metrics.Announce(page.Name, isLog: false);
        }

        _log.InputsChanged(string.Join(", ", after.Names));
    }

    private void Observe(Active active)
    {
        var series = 0;
        foreach (var store in (SeriesStore[])[active.Plan.LogSeries, active.Plan.PageSeries])
        {
            lock (store.Gate)
            {
                series += store.Families.Sum(family => family.Count);
                foreach (var family in store.Families.Where(family => family.Overflowed > 0))
                {
                    metrics.Overflow.WithLabels(family.Definition.Name).IncTo(family.Overflowed);
                }
            }
        }

        metrics.Series.Set(series);
        foreach (var log in active.Logs)
        {
            log.Observe();
        }
    }

    private static SavedState Save(Active active)
    {
        var sources = active.Logs.ToList();
        var families = active.Plan.LogSeries.Families.Select(family => new SavedFamily(
            family.Definition.Identity,
            [.. active.Feeding(family.Definition.Name).Select(source => sources.IndexOf(source))],
            family.Overflowed,
            family.Save()));
        return new SavedState([.. sources.Select(source => source.Save())], [.. families]);
    }

    private sealed record Active(AdapterPlan Plan, IReadOnlyList<PageSource> Pages, IReadOnlyList<LogSource> Logs, PodSource? Pod)
    {
        public IReadOnlyList<string> Names => [.. Plan.Logs.Select(log => log.Name), .. Plan.Pages.Select(page => page.Name), .. Pod is null ? [] : (string[])[PodSource.Name]];

        /// <summary>The sources whose lines count in a metric.</summary>
        public IReadOnlyList<LogSource> Feeding(string metric) =>
            [.. Logs.Zip(Plan.Logs).Where(pair => pair.Second.Rules.Feeds(metric)).Select(pair => pair.First)];
    }
}
