using System.Net.Sockets;
using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Common.Configuration;
using Sidecars.Common.Expressions;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>Makes steps of options, and says what is wrong with them: what was checked before gives no problem.</summary>
internal sealed class StepFactory(TimeProvider time, ProblemList problems)
{
    private static readonly Dictionary<string, Func<Redactor>> Presets = new(StringComparer.Ordinal)
    {
        ["email"] = () => new EmailRedactor(),
        ["ipv4"] = () => new AddressRedactor(AddressFamily.InterNetwork),
        ["ipv6"] = () => new AddressRedactor(AddressFamily.InterNetworkV6),
        ["card"] = () => new CardRedactor(),
        ["bearer"] = () => new TokenRedactor(),
    };

    /// <summary>The steps; those that are wrong are told and left out.</summary>
    public IReadOnlyList<Step> Create(IReadOnlyList<StepOptions> options, string key)
    {
        var steps = new List<Step>();
        for (var i = 0; i < options.Count; i++)
        {
            if (Create(options[i], $"{key}[{i}]") is { } step)
            {
                steps.Add(step);
            }
        }

        return steps;
    }

    private Step? Create(StepOptions options, string key)
    {
        if (options.Given.Count() != 1)
        {
            problems.Add(key, "a step is exactly one of keep, drop, rename, remove, add, redact, sample, rate_limit, severity and time; write several as several steps");
            return null;
        }

        var step = CreateKind(options, key);
        return options.When is null || step is null ? step
            : Condition(options.When, key + ".when") is { } condition ? new ConditionalStep(condition, step) : null;
    }

    private Step? CreateKind(StepOptions options, string key) => options switch
    {
        { Keep: { } keep } => Condition(keep, key + ".keep") is { } condition ? new FilterStep(condition, keeps: true) : null,
        { Drop: { } drop } => Condition(drop, key + ".drop") is { } condition ? new FilterStep(condition, keeps: false) : null,
        { Rename: { } names } => new RenameStep(names.Select(pair => (FieldName.Of(pair.Key), FieldName.Of(pair.Value)))),
        { Remove: { } names } => new RemoveStep(names.Select(FieldName.Of)),
        { Add: { } fields } => Add(fields, key + ".add"),
        { Redact: { } redact } => Redact(redact, key + ".redact"),
        { Sample: { } sample } => new SampleStep(sample.Fraction, sample.By),
        { RateLimit: { } limit } => new RateLimitStep(limit.PerSecond, limit.Burst ?? Math.Max(1, limit.PerSecond), limit.By, time),
        { Severity: { } severity } => Severity(severity, key + ".severity"),
        { Time: { } when } => Time(when, key + ".time"),
        _ => null,
    };

    private RecordCondition? Condition(string text, string key)
    {
        if (Expression.TryCompile(text, out var expression, out var error))
        {
            return new RecordCondition(expression);
        }

        problems.Add(key, error.ToString());
        return null;
    }

    private AddStep Add(Dictionary<string, string> fields, string key)
    {
        var templates = new List<(FieldName, TextTemplate)>();
        foreach (var (name, text) in fields)
        {
            if (TextTemplate.TryRead(text, out var template, out var error))
            {
                templates.Add((FieldName.Of(name), template));
            }
            else
            {
                problems.Add($"{key}.{name}", error);
            }
        }

        return new AddStep(templates);
    }

    private RedactStep Redact(RedactOptions options, string key)
    {
        var redactors = new List<Redactor>();
        for (var i = 0; i < options.Presets.Count; i++)
        {
            if (Presets.TryGetValue(options.Presets[i], out var make))
            {
                redactors.Add(make());
            }
            else
            {
                problems.Add($"{key}.presets[{i}]", $"'{options.Presets[i]}' is no preset; there are {string.Join(", ", Presets.Keys)}; write own ones as patterns");
            }
        }

        for (var i = 0; i < options.Patterns.Count; i++)
        {
            if (SafePattern.TryCompile(options.Patterns[i], out var regex, out var error))
            {
                redactors.Add(new RegexRedactor(regex));
            }
            else
            {
                problems.Add($"{key}.patterns[{i}]", error);
            }
        }

        if (options.Presets.Count + options.Patterns.Count == 0)
        {
            problems.Add(key, "nothing would be hidden; name presets or patterns");
        }

        return new RedactStep([.. redactors], [.. options.Fields.Select(FieldName.Of)], Encoding.UTF8.GetBytes(options.With));
    }

    private SeverityStep Severity(SeverityOptions options, string key)
    {
        var number = 0;
        if (options.Default is { } word && !SeverityText.TryRead(Encoding.UTF8.GetBytes(word), out number))
        {
            problems.Add(key + ".default", $"'{word}' is no severity; write trace, debug, info, notice, warn, error, critical, alert or fatal");
        }

        return new SeverityStep(options.Field, (Severity)number);
    }

    private TimeStep? Time(TimeOptions options, string key)
    {
        if (!TimestampParser.TryZone(options.Zone, out var zone, out var error))
        {
            problems.Add(key + ".zone", error);
        }
        else if (TimestampParser.TryCreate(options.Format, zone, out var parser, out error))
        {
            return new TimeStep(options.Field, parser);
        }
        else
        {
            problems.Add(key + ".format", error);
        }

        return null;
    }
}
