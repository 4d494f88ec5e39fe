using System.Diagnostics.CodeAnalysis;

namespace Sidecars.Common.Expressions;

/// <summary>
/// A number reckoned from fields, compiled once: <c>(hits + misses) / 60</c>. See docs/expressions.md. It keeps no state, may be asked
/// by many threads and allocates nothing.
/// </summary>
public sealed class Arithmetic
{
    private readonly Term _root;

    private Arithmetic(string text, Term root, IReadOnlyList<string> fields)
    {
        Text = text;
        _root = root;
        Fields = fields;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The names of the fields, in the order in which <see cref="Evaluate"/> takes their numbers.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>Whether a text is more than a name: an operator stands between blanks, a bracket or a backtick in front.</summary>
    public static bool IsMeant(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith('(') || text.StartsWith('`') || text.Split(' ').Any(part => part is "+" or "-" or "*" or "/" or "%");
    }

    /// <summary>Compiles what is to be reckoned, or says what is wrong with it.</summary>
    public static bool TryCompile(string text, [NotNullWhen(true)] out Arithmetic? arithmetic, [NotNullWhen(false)] out ExpressionError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        arithmetic = ArithmeticGrammar.TryParse(text, out var root, out var fields, out error) ? new Arithmetic(text, root, fields) : null;
        return arithmetic is not null;
    }

    /// <summary>The number; not finite where something was divided by 0.</summary>
    /// <param name="fields">The numbers of <see cref="Fields"/>.</param>
    public double Evaluate(ReadOnlySpan<double> fields) => _root.Evaluate(fields);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
