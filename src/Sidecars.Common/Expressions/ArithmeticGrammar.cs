using System.Diagnostics.CodeAnalysis;
using Superpower;
using Superpower.Model;
using Grammar = Sidecars.Common.Expressions.ExpressionGrammar;

namespace Sidecars.Common.Expressions;

/// <summary>Reads what is reckoned; names and numbers are written as in a condition.</summary>
internal sealed class ArithmeticGrammar
{
    private readonly List<string> _fields = [];
    private readonly TextParser<Term> _sum;

    private ArithmeticGrammar()
    {
        var factor = Parse.OneOf(
            Grammar.Lexeme(Grammar.Whole(Grammar.Number(), "a number")).Select(Term (number) => new NumberTerm(number.Number!.Value)),
            Grammar.Symbol("(").IgnoreThen(Parse.Ref(() => _sum!)).Then(inner => Grammar.Symbol(")").Value(inner)),
            Grammar.Symbol("-").IgnoreThen(Parse.Ref(() => Factor!)).Select(Term (inner) => new OperationTerm('-', new NumberTerm(0), inner)),
            Grammar.Field.Select(Term (field) => new FieldTerm(IndexOf(field))));
        Factor = factor;
        var product = Parse.Chain(Grammar.Symbol("*").Or(Grammar.Symbol("/")).Or(Grammar.Symbol("%")), factor, Operation);
        _sum = Parse.Chain(Grammar.Symbol("+").Or(Grammar.Symbol("-")), product, Operation);
    }

    private TextParser<Term> Factor { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out Term? term, out IReadOnlyList<string> fields, [NotNullWhen(false)] out ExpressionError? error)
    {
        var grammar = new ArithmeticGrammar();
        (term, fields, error) = (null, grammar._fields, null);
        if (text.Length > Grammar.LongestText || Grammar.Depth(text) > Grammar.DeepestNesting)
        {
            error = new ExpressionError(0, $"the value is too long or too deep; at most {Grammar.LongestText} characters and {Grammar.DeepestNesting} brackets within each other are taken");
            return false;
        }

        var result = Grammar.Blanks().IgnoreThen(grammar._sum).Then(sum => End().Value(sum))(new TextSpan(text));
        if (result.HasValue)
        {
            term = result.Value;
            return true;
        }

        error = ExpressionMessage.Of(text, result.Remainder.Position.HasValue ? result.Remainder.Position.Absolute : text.Length, result.Expectations ?? []);
        return false;
    }

    private static Term Operation(string sign, Term left, Term right) => new OperationTerm(sign[0], left, right);

    private static TextParser<bool> End() => input =>
        input.IsAtEnd ? Result.Value(true, input, input) : Result.Empty<bool>(input, ["+", "-", "*", "/", "%", "the end"]);

    private int IndexOf(string field)
    {
        var index = _fields.IndexOf(field);
        if (index < 0)
        {
            index = _fields.Count;
            _fields.Add(field);
        }

        return index;
    }
}
