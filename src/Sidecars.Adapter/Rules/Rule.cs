using System.Globalization;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>What a rule did with a sample.</summary>
internal enum RuleOutcome
{
    Applied,

    /// <summary>The rule is for other samples.</summary>
    NotMeant,

    /// <summary>The value's field was empty or <c>-</c>: nothing to count, and nothing wrong.</summary>
    NoValue,

    /// <summary>The value is not a number that this metric can take.</summary>
    Unreadable,
}

/// <summary>How a value becomes part of a series.</summary>
internal enum RuleEffect
{
    Add,
    Set,
    Observe,

    /// <summary>The series goes in place of all others of its metric.</summary>
    Replace,
}

/// <summary>One metric entry of an input, resolved to field indexes: picks the series for a sample and changes it.</summary>
internal sealed class Rule(SeriesFamily family, RuleEffect effect, RuleValue value, LabelRule[] labels, LogEscape escape)
{
    private const double NoState = -1;

    public SeriesFamily Family { get; } = family;

    /// <summary>How many samples it was applied to.</summary>
    public long Applied { get; private set; }

    /// <summary>Which samples the rule is for; null for all.</summary>
    public RuleCondition? When { get; init; }

    /// <summary>What to note with a sample; null for nothing.</summary>
    public ExemplarRule? Exemplar { get; init; }

    /// <summary>Why a regex of a label was demoted for good to a slower engine, since this was last asked; null when none was.</summary>
    public string? TakeDemotion()
    {
        foreach (var label in labels)
        {
            if (label.TakeDemotion() is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    /// <summary>The most bytes of a key, its separators included.</summary>
    public int LongestKey(int labelBytes) => labels.Sum(label => label.LongestValue(labelBytes) + 1);

    /// <summary>Applies the rule. <paramref name="scratch"/> has room for the labels, see <see cref="RuleSet"/>.</summary>
    public RuleOutcome Apply(in Sample sample, Span<byte> scratch, int labelBytes)
    {
        var outcome = Read(sample, out var number);
        if (outcome == RuleOutcome.Unreadable && Family.Definition.Kind == MetricKind.StateSet)
        {
            number = NoState; // to go on with the state before would be wrong
        }
        else if (outcome != RuleOutcome.Applied)
        {
            return outcome;
        }

        var key = Key(sample, scratch, labelBytes);
        var series = effect == RuleEffect.Replace ? Family.GetOnly(key) : Family.GetOrAdd(key);
        var bucket = 0;
        if (effect == RuleEffect.Observe)
        {
            bucket = Family.Observe(series, number);
        }
        else
        {
            series.Value = effect == RuleEffect.Add ? series.Value + number : number;
        }

        Exemplar?.Note(sample, Family, series, bucket, number);
        Applied++;
        return outcome;
    }

    /// <summary>What <see cref="Apply"/> would do, in words, and whether it would do anything.</summary>
    public (string Text, bool Applies) Describe(in Sample sample, Span<byte> scratch, int labelBytes) => Read(sample, out var number) switch
    {
        RuleOutcome.Applied => ($"{Family.Describe(Key(sample, scratch, labelBytes))} {Change(number)}", true),
        RuleOutcome.NotMeant => ($"{Family.Definition.Name}: not for this line, as when says: {When}", false),
        RuleOutcome.NoValue => ($"{Family.Definition.Name}: the line has no value for it", false),
        _ when Family.Definition.Kind == MetricKind.StateSet => ($"{Family.Definition.Name}: the value is none of its states, so none is the case", false),
        _ => ($"{Family.Definition.Name}: the value is not a number that a {Family.Definition.Kind.ToString().ToLowerInvariant()} can take", false),
    };

    /// <summary>The label values of a sample as the key of its series.</summary>
    public ReadOnlySpan<byte> Key(in Sample sample, Span<byte> scratch, int labelBytes)
    {
        var length = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (i > 0)
            {
                scratch[length++] = SeriesKey.Separator;
            }

            length += labels[i].Write(sample, escape, scratch[length..], labelBytes);
        }

        return scratch[..length];
    }

    private RuleOutcome Read(in Sample sample, out double number)
    {
        number = 0;
        return When?.Holds(sample) == false ? RuleOutcome.NotMeant : value.Read(sample, out number);
    }

    private string Change(double number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return effect switch
        {
            RuleEffect.Add => $"+{text}",
            RuleEffect.Set when Family.Definition.Kind == MetricKind.StateSet => $"is {Family.Definition.States[(int)number]}",
            RuleEffect.Set or RuleEffect.Replace => $"= {text}",
            _ => $"observes {text}",
        };
    }
}
