using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Merging;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Pushing;
using Sidecars.Adapter.Sources;
using Sidecars.Common.Configuration;
using Sidecars.Common.Status;

namespace Sidecars.Adapter.Showing;

/// <summary>What the adapter shows on the status page: logs, pages and what is pushed, the rules and how often each was applied, the series and their limits.</summary>
internal sealed class AdapterStatus(SourceSet sources, SourceMetrics metrics, ReceiverSet receivers, MergeSet merged, LiveOptions<AdapterOptions> options)
{
    private StatusRates? _lines;
    private StatusRates? _samples;

    public void AddTo(StatusBoard board)
    {
        _lines = board.AddRates(() => (sources.Plan?.Logs ?? []).Select(log => KeyValuePair.Create(log.Name, metrics.Lines.WithLabels(log.Name).Value)));
        _samples = board.AddRates(() => receivers.Figures.Select(figures => KeyValuePair.Create(figures.Input, (double)figures.Samples)));
        board.AddSection("logs", "Logs", Logs);
        board.AddSection("pages", "Pages", Pages);
        board.AddSection("pushed", "Pushed", Pushed);
        board.AddSection("rules", "Rules", Rules);
        board.AddSection("series", "Series", Series);
    }

    private static string KindOf(SeriesFamily family) => family.Definition.Kind.ToString().ToLowerInvariant();

    private StatusTable Logs()
    {
        var table = new StatusTable(
            new("input", "Input"),
            new("path", "Files"),
            new("lines", "Lines"),
            new("lines_per_second", "Lines/s"),
            new("unparsed_lines", "Not of the format"),
            new("unreadable_values", "No number"),
            new("pending_bytes", "Not read yet"),
            new("last_error", "Last error"),
            new("last_error_time", "At"));
        sources.Observe();
        foreach (var log in sources.Plan?.Logs ?? [])
        {
            var failure = metrics.LastFailure(log.Name);
            table.Add(
                StatusValue.Text(log.Name),
                StatusValue.Text(log.Path),
                StatusValue.Count(metrics.Lines.WithLabels(log.Name).Value),
                StatusValue.PerSecond(_lines!.Of(log.Name)),
                StatusValue.Count(metrics.Unparsed.WithLabels(log.Name).Value),
                StatusValue.Count(metrics.Unreadable.WithLabels(log.Name).Value),
                StatusValue.Bytes(metrics.Pending.WithLabels(log.Name).Value),
                StatusValue.Text(failure?.Detail),
                StatusValue.Time(failure?.Time));
        }

        return table;
    }

    private StatusTable Pages()
    {
        var table = new StatusTable(
            new("input", "Input"),
            new("address", "Where"),
            new("state", "State"),
            new("last_asked", "Last asked"),
            new("duration_seconds", "It took"),
            new("last_error", "Last error"),
            new("last_error_time", "At"))
        {
            Note = "Asked for at each scrape, or at an interval of their own.",
        };
        foreach (var page in sources.Plan?.Pages ?? [])
        {
            Add(table, page.Name, page.Address.ToString());
        }

        foreach (var (name, where) in merged.Origins)
        {
            Add(table, name, where);
        }

        return table;
    }

    private void Add(StatusTable table, string name, string where)
    {
        var asked = metrics.LastAsked(name);
        var failure = metrics.LastFailure(name);
        var isUp = asked is not null && metrics.Up.WithLabels(name).Value > 0;
        table.Add(
            StatusValue.Text(name),
            StatusValue.Text(where),
            asked is null ? StatusValue.State("not asked yet", StatusLevel.Neutral) : isUp ? StatusValue.State("up", StatusLevel.Good) : StatusValue.State("down", StatusLevel.Bad),
            StatusValue.Time(asked),
            asked is null ? StatusValue.None : StatusValue.Seconds(metrics.Duration.WithLabels(name).Value),
            StatusValue.Text(failure?.Detail),
            StatusValue.Time(failure?.Time));
    }

    private StatusTable Pushed()
    {
        var table = new StatusTable(new("input", "Input"), new("samples", "Samples"), new("samples_per_second", "Samples/s"), new("dropped_samples", "Not counted"), new("lost_datagrams", "Lost datagrams"));
        foreach (var figures in receivers.Figures)
        {
            table.Add(
                StatusValue.Text(figures.Input),
                StatusValue.Count(figures.Samples),
                StatusValue.PerSecond(_samples!.Of(figures.Input)),
                StatusValue.Count(figures.Dropped),
                StatusValue.Count(figures.Lost));
        }

        return table;
    }

    /// <summary>Those that never matched come first: a mistake in one shows in nothing else.</summary>
    private StatusTable Rules()
    {
        var table = new StatusTable(new("metric", "Metric"), new("input", "Input"), new("kind", "Kind"), new("state", "State"), new("applied", "Applied"))
        {
            Note = "Since the configuration is in force.",
        };
        if (sources.Plan is not { } plan)
        {
            return table;
        }

        var rules = plan.Logs.SelectMany(log => log.Rules.Rules.Select(rule => (Input: log.Name, Rule: rule)))
            .Concat(plan.Pages.SelectMany(page => page.Rules.Rules.Select(rule => (Input: page.Name, Rule: rule))));
        foreach (var (input, rule) in rules.OrderBy(entry => entry.Rule.Applied > 0))
        {
            table.Add(
                StatusValue.Text(rule.Family.Definition.Name),
                StatusValue.Text(input),
                StatusValue.Text(KindOf(rule.Family)),
                rule.Applied > 0 ? StatusValue.State("matches", StatusLevel.Good) : StatusValue.State("never matched", StatusLevel.Warning),
                StatusValue.Count(rule.Applied));
        }

        return table;
    }

    private StatusTable Series()
    {
        var limits = options.Current.Limits;
        var table = new StatusTable(new("metric", "Metric"), new("kind", "Kind"), new("series", "Series"), new("limit", "Limit"), new("state", "State"), new("overflowed_samples", "Into the overflow series"));
        if (sources.Plan is not { } plan)
        {
            return table;
        }

        var families = new List<(SeriesFamily Family, int Count, long Overflowed)>();
        foreach (var store in (SeriesStore[])[plan.LogSeries, plan.PageSeries])
        {
            lock (store.Gate)
            {
                families.AddRange(store.Families.Select(family => (family, family.Count, family.Overflowed)));
            }
        }

        Add(table, "all", "", families.Sum(family => family.Count), limits.Series, families.Sum(family => family.Overflowed));
        foreach (var (family, count, overflowed) in families.OrderByDescending(family => family.Overflowed).ThenByDescending(family => family.Count))
        {
            Add(table, family.Definition.Name, KindOf(family), count, limits.PerMetric, overflowed);
        }

        return table;
    }

    private static void Add(StatusTable table, string metric, string kind, int series, int limit, long overflowed) => table.Add(
        StatusValue.Text(metric),
        StatusValue.Text(kind),
        StatusValue.Count(series),
        StatusValue.Count(limit),
        overflowed > 0 ? StatusValue.State("over the limit", StatusLevel.Warning) : StatusValue.State("ok", StatusLevel.Good),
        StatusValue.Count(overflowed));
}
