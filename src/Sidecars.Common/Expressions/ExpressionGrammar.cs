using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;

namespace Sidecars.Common.Expressions;

/// <summary>Reads an expression into its <see cref="Syntax"/>.</summary>
internal static class ExpressionGrammar
{
    internal const int LongestText = 4096;
    internal const int DeepestNesting = 50;

    private static readonly TextParser<char> NameStart = Character.Matching(c => char.IsLetter(c) || c is '_' or '@' or '$', "a name");

    private static readonly TextParser<char[]> NameRest = Character.Matching(IsNameRest, "a name").Many();

    private static readonly TextParser<char> WordStart = NameStart.Or(Character.EqualTo('/'));

    internal static readonly TextParser<string> Field = Lexeme(Parse.OneOf(
        NameStart.Then(start => NameRest.Select(rest => (start == '$' ? "" : start.ToString()) + new string(rest))),
        Between('`', '`'),
        Character.EqualTo('[').IgnoreThen(Quoted('"').Or(Quoted('\''))).Then(name => Character.EqualTo(']').Value(name)))).Named("a field");

    private static readonly TextParser<Operand> Text = Lexeme(At(Quoted('"').Or(Quoted('\'')).Select(text => (text, (double?)null)))).Named("a text in quotes");

    private static readonly TextParser<Operand> Value = Parse.OneOf(
        Text,
        Lexeme(At(Whole(Number(), "a number"))),
        Lexeme(At(WordStart.Then(start => NameRest.Select(rest => (start + new string(rest), (double?)null))))).Named("a word"));

    private static readonly TextParser<Operand[]> List =
        Symbol("[").IgnoreThen(Value.AtLeastOnceDelimitedBy(Symbol(","))).Then(items => Symbol("]").Value(items));

    private static readonly TextParser<Syntax> Atom = Parse.OneOf(
        Symbol("(").IgnoreThen(Parse.Ref(() => Any!)).Then(inner => Symbol(")").Value(inner)),
        Call("exists").Select(Syntax (field) => new ExistsSyntax(field)),
        Call("missing").Select(Syntax (field) => new NotSyntax(new ExistsSyntax(field))),
        Field.Then(field => Rest().Select(Syntax (rest) => new ComparisonSyntax(field, rest.Operation, rest.Operands))));

    private static readonly TextParser<Syntax> Negated =
        Word("not").Or(Symbol("!")).Many().Then(nots => Atom.Select(item => nots.Length % 2 == 0 ? item : new NotSyntax(item)));

    private static readonly TextParser<Syntax> All = Negated.AtLeastOnceDelimitedBy(Word("and").Or(Symbol("&&")))
        .Select(items => items is [var one] ? one : new AllSyntax(items));

    private static readonly TextParser<Syntax> Any = All.AtLeastOnceDelimitedBy(Word("or").Or(Symbol("||")))
        .Select(items => items is [var one] ? one : new AnySyntax(items));

    private static readonly TextParser<Syntax> Everything =
        Blanks().IgnoreThen(Any).Then(syntax => End().Value(syntax));

    public static bool TryParse(string text, [NotNullWhen(true)] out Syntax? syntax, [NotNullWhen(false)] out ExpressionError? error)
    {
        syntax = null;
        error = Depth(text) > DeepestNesting || text.Length > LongestText
            ? new ExpressionError(0, $"the expression is too long or too deep; at most {LongestText} characters and {DeepestNesting} brackets within each other are taken")
            : string.IsNullOrWhiteSpace(text) ? new ExpressionError(0, "the expression is empty; write a condition such as status >= 500") : null;
        if (error is not null)
        {
            return false;
        }

        var result = Everything(new TextSpan(text));
        if (result.HasValue)
        {
            syntax = result.Value;
            return true;
        }

        error = ExpressionMessage.Of(text, result.Remainder.Position.HasValue ? result.Remainder.Position.Absolute : text.Length, result.Expectations ?? []);
        return false;
    }

    private static TextParser<(Operation Operation, Operand[] Operands)> Rest() => Parse.OneOf(
        Compare("==", Operation.Equal),
        Compare("!=", Operation.NotEqual),
        Compare("<=", Operation.LessOrEqual),
        Compare(">=", Operation.GreaterOrEqual),
        Compare("<", Operation.Less),
        Compare(">", Operation.Greater),
        Then(Symbol("=~"), Operation.Matches, Text.Select(One)),
        Then(Symbol("!~"), Operation.MatchesNot, Text.Select(One)),
        Then(Word("in"), Operation.In, List),
        Then(Whole(Word("not").IgnoreThen(Word("in")), "not in"), Operation.NotIn, List),
        Then(Word("contains"), Operation.Contains, Value.Select(One)),
        Then(Word("starts_with"), Operation.StartsWith, Value.Select(One)),
        Then(Word("ends_with"), Operation.EndsWith, Value.Select(One)));

    private static TextParser<(Operation, Operand[])> Compare(string symbol, Operation operation) =>
        Then(Symbol(symbol), operation, Value.Select(One));

    private static TextParser<(Operation, Operand[])> Then(TextParser<string> sign, Operation operation, TextParser<Operand[]> right) =>
        sign.IgnoreThen(right).Select(operands => (operation, operands));

    private static Operand[] One(Operand operand) => [operand];

    private static TextParser<string> Call(string name) =>
        Whole(Word(name).IgnoreThen(Symbol("(")), name + "(").IgnoreThen(Field).Then(field => Symbol(")").Value(field));

    internal static TextParser<char[]> Blanks() => Character.WhiteSpace.Many();

    internal static TextParser<T> Lexeme<T>(TextParser<T> parser) => parser.Then(value => Blanks().Value(value));

    internal static TextParser<string> Symbol(string symbol) => Lexeme(Whole(Span.EqualTo(symbol).Value(symbol), symbol));

    private static TextParser<string> Word(string word) => Lexeme(Whole(Span.EqualTo(word).Then(_ => NameEnds()).Value(word), word));

    /// <summary>All of it or nothing: where it does not stand, its name is what was expected, at its beginning.</summary>
    internal static TextParser<T> Whole<T>(TextParser<T> parser, string name) => input =>
    {
        var result = parser(input);
        return result.HasValue ? result : Result.Empty<T>(input, [name]);
    };

    private static TextParser<bool> NameEnds() => input =>
        input.ConsumeChar() is { HasValue: true } next && IsNameRest(next.Value) ? Result.Empty<bool>(input) : Result.Value(true, input, input);

    private static TextParser<bool> End() => input =>
        input.IsAtEnd ? Result.Value(true, input, input) : Result.Empty<bool>(input, ["and", "or", "the end"]);

    private static TextParser<Operand> At(TextParser<(string Text, double? Number)> parser) => input =>
        parser.Select(value => new Operand(value.Text, value.Number, input.Position.Absolute))(input);

    internal static TextParser<(string Text, double? Number)> Number() =>
        Span.MatchedBy(Character.Matching(c => char.IsAsciiDigit(c) || c is '-' or '+' or '.', "a number")
                .IgnoreThen(Character.Matching(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+', "a number").Many()))
            .Select(span => span.ToStringValue())
            .Where(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            .Select(text => (text, (double?)double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)))
            .Then(number => NameEnds().Value(number));

    private static TextParser<string> Between(char open, char close) =>
        Character.EqualTo(open).IgnoreThen(Character.Except(close).AtLeastOnce()).Then(text => Character.EqualTo(close).Value(new string(text)));

    /// <summary>In quotes a backslash only makes a quote of the same kind part of the text; any other stays, as regular expressions need it.</summary>
    private static TextParser<string> Quoted(char quote) =>
        Character.EqualTo(quote)
            .IgnoreThen(Whole(Character.EqualTo('\\').IgnoreThen(Character.EqualTo(quote)), "a quote").Or(Character.Except(quote)).Many())
            .Then(text => Character.EqualTo(quote).Value(new string(text)));

    private static bool IsNameRest(char c) => char.IsLetterOrDigit(c) || c is '_' or '@' or '.' or '-' or '/';

    internal static int Depth(string text)
    {
        var (depth, deepest) = (0, 0);
        foreach (var character in text)
        {
            depth += character switch { '(' => 1, ')' => -1, _ => 0 };
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }
}
