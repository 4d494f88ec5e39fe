using Sidecars.Adapter.Extraction;
using Sidecars.Common.Expressions;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>
/// Whether a rule is for a sample. The expression sees what the application said: the escapes of a log are taken back, which only a
/// value with a backslash costs anything.
/// </summary>
internal sealed class RuleCondition : FieldSource
{
    private readonly Expression _expression;
    private readonly int[] _indexes;
    private readonly FieldSpan[] _spans;
    private readonly LogEscape _escape;
    private byte[] _unescaped = [];

    /// <param name="expression">The condition.</param>
    /// <param name="extractor">Has all fields that the expression asks for.</param>
    public RuleCondition(Expression expression, Extractor extractor)
    {
        _expression = expression;
        _indexes = [.. expression.Fields.Select(extractor.IndexOf)];
        _spans = new FieldSpan[_indexes.Length];
        _escape = extractor.Escape;
    }

    public override string ToString() => _expression.Text;

    public bool Holds(in Sample sample)
    {
        for (var i = 0; i < _indexes.Length; i++)
        {
            _spans[i] = sample.SpanOf(_indexes[i]);
        }

        return _expression.IsTrue(sample.Text, this);
    }

    public override bool TryGet(int field, ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        value = _spans[field].Of(line);
        if (LogEscapes.IsEscaped(_escape, value))
        {
            _unescaped = _unescaped.Length < value.Length ? new byte[value.Length] : _unescaped;
            value = _unescaped.AsSpan(0, LogEscapes.Unescape(_escape, value, _unescaped));
        }

        return !value.IsEmpty;
    }

    public override bool TrySeverity(ReadOnlySpan<byte> value, out int severity) => SeverityText.TryRead(value, out severity);
}
