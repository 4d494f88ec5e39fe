using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>
/// The rules of one input over its extractor. Used by one thread at a time, under the store's gate; it owns the memory in
/// which a line is taken apart, so a line costs no allocation.
/// </summary>
internal sealed class RuleSet
{
    private readonly FormatExtractor _extractor;
    private readonly Rule[] _rules;
    private readonly FieldSpan[] _fields;
    private readonly byte[] _scratch;
    private readonly int _labelBytes;

    public RuleSet(SeriesStore store, FormatExtractor extractor, Rule[] rules)
    {
        Store = store;
        _extractor = extractor;
        _rules = rules;
        _fields = new FieldSpan[extractor.Fields.Count];
        _labelBytes = store.Budget.LabelBytes;
        _scratch = new byte[rules.Select(rule => rule.LongestKey(_labelBytes)).DefaultIfEmpty().Max()];
    }

    public SeriesStore Store { get; }

    public FormatExtractor Extractor => _extractor;

    /// <summary>Whether a rule makes series of this metric.</summary>
    public bool Feeds(string metric) => Array.Exists(_rules, rule => rule.Family.Definition.Name == metric);

    /// <summary>Applies all rules to one line or page. <paramref name="unreadable"/> grows by the rules whose value was no number.</summary>
    public LineMatch Apply(ReadOnlySpan<byte> text, ref long unreadable)
    {
        var match = _extractor.Extract(text, _fields);
        if (!match.IsMatch)
        {
            return match;
        }

        var sample = new Sample(text, _fields);
        foreach (var rule in _rules)
        {
            if (rule.Apply(sample, _scratch, _labelBytes) == RuleOutcome.Unreadable)
            {
                unreadable++;
            }
        }

        return match;
    }

    /// <summary>What <see cref="Apply"/> would do with a text, without doing it.</summary>
    public RuleExplanation Explain(ReadOnlySpan<byte> text)
    {
        var match = _extractor.Extract(text, _fields);
        if (!match.IsMatch)
        {
            return new RuleExplanation(_extractor.Explain(match), [], []);
        }

        var fields = new List<(string, string)>();
        for (var i = 0; i < _fields.Length; i++)
        {
            fields.Add((_extractor.Fields[i], Encoding.UTF8.GetString(_fields[i].Of(text))));
        }

        var sample = new Sample(text, _fields);
        var effects = new List<(string, string, bool)>();
        foreach (var rule in _rules)
        {
            var (description, applies) = rule.Describe(sample, _scratch, _labelBytes);
            effects.Add((rule.Family.Definition.Name, description, applies));
        }

        return new RuleExplanation(null, fields, effects);
    }
}

/// <summary>What would become of a text: why it does not match, or its fields and what each rule does.</summary>
internal sealed record RuleExplanation(
    string? Mismatch, IReadOnlyList<(string Name, string Value)> Fields, IReadOnlyList<(string Metric, string Text, bool Applies)> Effects);
