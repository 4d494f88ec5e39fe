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
    private readonly Extractor _extractor;
    private readonly FormatExtractor? _format;
    private readonly ParseExtractor? _parse;
    private readonly Rule[] _rules;
    private readonly FieldSpan[] _fields;
    private readonly byte[] _scratch;
    private readonly int _labelBytes;

    public RuleSet(SeriesStore store, Extractor extractor, Rule[] rules)
    {
        Store = store;
        _extractor = extractor;
        _format = extractor as FormatExtractor;
        _parse = extractor as ParseExtractor;
        _rules = rules;
        _fields = new FieldSpan[extractor.Fields.Count];
        _labelBytes = store.Budget.LabelBytes;
        _scratch = new byte[rules.Select(rule => rule.LongestKey(_labelBytes)).DefaultIfEmpty().Max()];
    }

    public SeriesStore Store { get; }

    /// <summary>The rules, in their order.</summary>
    public IReadOnlyList<Rule> Rules => _rules;

    /// <summary>Why a line does not match.</summary>
    public string Explain(LineMatch match, ReadOnlySpan<byte> line) => _parse?.Explain(line) ?? _format!.Explain(match);

    /// <summary>Why a regex was demoted for good to an engine that is slower and cannot run away, since this was last asked; null when it was not.</summary>
    public string? TakeDemotion()
    {
        var reason = _parse?.TakeDemotion();
        for (var i = 0; i < _rules.Length && reason is null; i++)
        {
            reason = _rules[i].TakeDemotion();
        }

        return reason;
    }

    /// <summary>Lays a page out anew where its layout does not count; returns its new length.</summary>
    public int Normalise(Span<byte> page) => _format is null ? page.Length : PageText.Normalise(page);

    /// <summary>Whether a rule makes series of this metric.</summary>
    public bool Feeds(string metric) => Array.Exists(_rules, rule => rule.Family.Definition.Name == metric);

    /// <summary>Applies all rules to one line. <paramref name="unreadable"/> grows by the rules whose value was no number.</summary>
    public LineMatch Apply(ReadOnlySpan<byte> text, ref long unreadable)
    {
        var match = Extract(text, out var values);
        if (match.IsMatch)
        {
            unreadable += ApplyTo(new Sample(values, _fields));
        }

        return match;
    }

    /// <summary>Applies all rules to a page, row by row; returns why the page is not what was expected, or null.</summary>
    public string? ApplyPage(ReadOnlyMemory<byte> page, ref long unreadable)
    {
        if (_format is not null)
        {
            var match = Apply(page.Span, ref unreadable);
            return match.IsMatch ? null : _format.Explain(match);
        }

        var wrong = 0L;
        var mismatch = ((DocumentExtractor)_extractor).Read(page, row => wrong += ApplyTo(row.Sample));
        unreadable += wrong;
        return mismatch;
    }

    /// <summary>What <see cref="ApplyPage"/> would do with a page, row by row.</summary>
    public IReadOnlyList<RuleExplanation> ExplainPage(ReadOnlyMemory<byte> page)
    {
        if (_extractor is not DocumentExtractor document)
        {
            return [Explain(page.Span)];
        }

        var rows = new List<RuleExplanation>();
        var mismatch = document.Read(page, row => rows.Add(Explain(row.Sample)));
        return mismatch is null ? rows : [new RuleExplanation(mismatch, [], [])];
    }

    /// <summary>What <see cref="Apply"/> would do with a text, without doing it.</summary>
    public RuleExplanation Explain(ReadOnlySpan<byte> text)
    {
        var match = Extract(text, out var values);
        return match.IsMatch ? Explain(new Sample(values, _fields)) : new RuleExplanation(Explain(match, text), [], []);
    }

    /// <summary>Fills the fields over <paramref name="values"/>: the text itself, unless a parser changed some.</summary>
    private LineMatch Extract(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> values)
    {
        values = text;
        return _parse is null ? _format!.Extract(text, _fields)
            : _parse.TryExtract(text, _fields, out values) ? LineMatch.Success
            : new LineMatch(0, 0);
    }

    private long ApplyTo(in Sample sample)
    {
        var unreadable = 0;
        foreach (var rule in _rules)
        {
            if (rule.Apply(sample, _scratch, _labelBytes) == RuleOutcome.Unreadable)
            {
                unreadable++;
            }
        }

        return unreadable;
    }

    private RuleExplanation Explain(in Sample sample)
    {
        List<(string, string)> fields = [.. _parse?.Found() ?? []];
        for (var i = 0; _parse is null && i < _fields.Length; i++)
        {
            fields.Add((_extractor.Fields[i], Encoding.UTF8.GetString(sample[i])));
        }

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
