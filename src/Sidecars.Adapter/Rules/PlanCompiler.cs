using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Extraction;
using Sidecars.Adapter.Labels;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.PodUse;
using Sidecars.Adapter.Probing;
using Sidecars.Common.Expressions;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>The one place where options become rules. It is given options that were validated.</summary>
internal static class PlanCompiler
{
    private static readonly TimeSpan CommandInterval = TimeSpan.FromMinutes(1);

    private static readonly double[] DefaultQuantiles = [.5, .9, .99];
    private static readonly double[] DefaultBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    public static AdapterPlan Compile(AdapterOptions options, TimeProvider time)
    {
        var logs = new List<LogPlan>();
        var pages = new List<PagePlan>();
        var logSeries = new SeriesStore(Budget(options.Limits), time);
        var pageSeries = new SeriesStore(Budget(options.Limits));
        foreach (var (name, input) in InputPresets.Expand(options).Where(input => input.Value.Push is null))
        {
            var extractor = ExtractorFactory.Create(input, out var key, out var mistake) ?? throw new InvalidOperationException($"inputs.{name}.{key} was not validated: {mistake}");
            if (input.Tail is not null)
            {
                logs.Add(new LogPlan(name, input.Tail, input.From == TailFrom.End, Rules(name, input, options.Limits, extractor, logSeries)));
            }
            else
            {
                var up = input.Up is null ? null : pageSeries.Family(new MetricDefinition(input.Up, MetricKind.Gauge, $"Whether the page of input {name} answered as expected.", [], []));
                pages.Add(new PagePlan(name, PageAddress.Of(input), input.Timeout, IntervalOf(input), up, Rules(name, input, options.Limits, extractor, pageSeries)));
            }
        }

        return new AdapterPlan(logSeries, pageSeries, logs, pages)
        {
            WithCreated = options.Exposition.Created,
            Pod = options.Pod is { } pod ? new PodPlan(pod, new PodMetrics(pageSeries), options.Limits.Overflow) : null,
        };
    }

    /// <summary>A module of probes, over series of its own.</summary>
    public static ProbeModule CompileModule(string name, InputOptions input, LimitsOptions limits)
    {
        var extractor = ExtractorFactory.Create(input, out var key, out var mistake) ?? throw new InvalidOperationException($"probe.modules.{name}.{key} was not validated: {mistake}");
        var series = new SeriesStore(Budget(limits));
        return new ProbeModule(series, Rules(name, input, limits, extractor, series));
    }

    /// <summary>A command is no page that can be asked for by whoever scrapes, as often as he likes.</summary>
    private static TimeSpan? IntervalOf(InputOptions input) => input.Interval ?? (input.Exec is null ? null : CommandInterval);

    private static SeriesBudget Budget(LimitsOptions limits) => new(limits.Series, limits.PerMetric, limits.LabelBytes, limits.Overflow);

    private static RuleSet Rules(string input, InputOptions options, LimitsOptions limits, Extractor extractor, SeriesStore store)
    {
        // rules first: they tell the extractor of a document which fields they need
        Rule[] rules = [.. options.Metrics.Select(metric => Rule(input, options, metric, limits, extractor, store))];
        return new RuleSet(store, extractor, rules);
    }

    private static Rule Rule(string name, InputOptions input, MetricOptions metric, LimitsOptions limits, Extractor extractor, SeriesStore store)
    {
        var (key, metricName) = metric.Given.Single();
        var kind = Enum.Parse<MetricKind>(key.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        return new Rule(
            store.Family(Definition(name, metric, metricName, kind, input, limits.Expire)),
            Effect(kind, input.IsPage),
            metric.Value is null ? RuleValue.One : Value(metric, metric.Value, kind, input, extractor),
            [.. metric.Labels.Select(label => Label(label, metric, extractor, input.Unsafe, store.Budget))],
            extractor.Escape)
        {
            When = metric.When is { } when ? Condition(when, extractor) : null,
            Exemplar = metric.Exemplar is { } exemplar ? new ExemplarRule(exemplar.Name, extractor.IndexOf(exemplar.Field)) : null,
        };
    }

    private static MetricDefinition Definition(string input, MetricOptions metric, string name, MetricKind kind, InputOptions options, TimeSpan? expire)
    {
        var hasUnit = kind is not (MetricKind.Info or MetricKind.StateSet);
        expire = options.IsPage ? null : metric.Expire ?? expire;
        return new MetricDefinition(
            name,
            kind,
            metric.Help ?? Help(input, metric),
            [.. metric.Labels.Select(label => label.Name)],
            kind != MetricKind.Histogram ? [] : metric.Buckets.Count > 0 ? metric.Buckets : DefaultBuckets,
            metric.Unit is { } unit ? UnitConversion.Target(unit) : hasUnit ? MetricLint.UnitOf(name) : "")
        {
            Quantiles = kind == MetricKind.Summary ? metric.Quantiles ?? [.. DefaultQuantiles] : [],
            MaxAge = metric.MaxAge ?? TimeSpan.FromMinutes(10),
            States = metric.States,
            Expire = expire == TimeSpan.Zero ? null : expire,
        };
    }

    private static RuleEffect Effect(MetricKind kind, bool isPage) => kind switch
    {
        MetricKind.Histogram or MetricKind.Summary => RuleEffect.Observe,
        MetricKind.Counter when !isPage => RuleEffect.Add,
        MetricKind.Info when !isPage => RuleEffect.Replace,
        _ => RuleEffect.Set,
    };

    private static RuleCondition Condition(string when, Extractor extractor) =>
        Expression.TryCompile(when, out var expression, out var error) ? new RuleCondition(expression, extractor)
        : throw new InvalidOperationException($"'{when}' was not validated: {error}");

    private static RuleValue Value(MetricOptions metric, string value, MetricKind kind, InputOptions input, Extractor extractor)
    {
        if (kind == MetricKind.StateSet)
        {
            return new WordValue(extractor.IndexOf(value), [.. metric.States.Select((state, i) => (Encoding.UTF8.GetBytes(state), (double)i))]);
        }

        var canBeNegative = kind is not (MetricKind.Counter or MetricKind.Summary);
        if (metric.Map.Count > 0)
        {
            return new WordValue(extractor.IndexOf(value), [.. metric.Map.Select(entry => (Encoding.UTF8.GetBytes(entry.Key), entry.Value))]);
        }

        var conversion = metric.Unit is { } unit && UnitConversion.IsMeant(unit)
            ? UnitConversion.Find(unit, out var mistake) ?? throw new InvalidOperationException($"'{unit}' was not validated: {mistake}")
            : new UnitConversion(metric.Scale);
        if (!input.IsReckoned(value))
        {
            var index = extractor.IndexOf(value);
            return new FieldValue(index, IsList(extractor, index), canBeNegative, conversion);
        }

        return Arithmetic.TryCompile(value, out var arithmetic, out var error)
            ? new ReckonedValue(arithmetic, [.. arithmetic.Fields.Select(extractor.IndexOf).Select(index => (index, IsList(extractor, index)))], canBeNegative, conversion)
            : throw new InvalidOperationException($"'{value}' was not validated: {error}");
    }

    private static bool IsList(Extractor extractor, int field) => LogValue.IsUpstreamList(extractor.Fields[field]);

    private static LabelRule Label(LabelOptions label, MetricOptions metric, Extractor extractor, bool isUnsafe, SeriesBudget budget)
    {
        var allowed = metric.Allow.TryGetValue(label.Name, out var values) ? values.Select(Encoding.UTF8.GetBytes).ToArray() : null;
        var shape = LabelShapes.Create(label, extractor, isUnsafe, budget.Overflow);
        return new LabelRule(shape is null ? extractor.IndexOf(label.Field) : 0, shape, allowed, Encoding.UTF8.GetBytes(budget.Overflow));
    }

    private static string Help(string input, MetricOptions metric) =>
        metric.Value is null ? $"Lines of input {input}." : $"{metric.Value} of input {input}.";
}
