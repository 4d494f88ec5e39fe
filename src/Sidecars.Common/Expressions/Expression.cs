using System.Diagnostics.CodeAnalysis;

namespace Sidecars.Common.Expressions;

/// <summary>
/// A condition on a line's fields, compiled once: <c>status >= 500 and not path starts_with "/health"</c>. See docs/expressions.md.
/// It keeps no state, may be asked by many threads and allocates nothing.
/// </summary>
public sealed class Expression
{
    private readonly Condition _root;
    private readonly string[] _fields;

    private Expression(string text, Condition root, string[] fields)
    {
        Text = text;
        _root = root;
        _fields = fields;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The names of the fields that it asks for; their indexes are what a <see cref="FieldSource"/> is asked with.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>Compiles an expression, or says what is wrong with it.</summary>
    public static bool TryCompile(string text, [NotNullWhen(true)] out Expression? expression, [NotNullWhen(false)] out ExpressionError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        expression = null;
        if (!ExpressionGrammar.TryParse(text, out var parsed, out error))
        {
            return false;
        }

        var fields = new List<string>();
        var root = ConditionBuilder.Build(parsed, fields, out error);
        if (error is not null)
        {
            return false;
        }

        expression = new Expression(text, root!, [.. fields]);
        return true;
    }

    /// <summary>Whether it holds for a line.</summary>
    /// <param name="line">The line, handed on to the source; may be empty where the source does not need it.</param>
    /// <param name="source">Has the values of the fields.</param>
    public bool IsTrue(ReadOnlySpan<byte> line, FieldSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return _root.IsTrue(new Scope(line, source));
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
