using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Pidgin;
using static Pidgin.Parser;
using static Pidgin.Parser<char>;

namespace Sidecars.Common.Expressions;

/// <summary>Reads an expression into its <see cref="Syntax"/>.</summary>
internal static class ExpressionGrammar
{
    private const int LongestText = 4096;
    private const int DeepestNesting = 50;

    private static readonly Parser<char, char> NameStart = Token(c => char.IsLetter(c) || c is '_' or '@' or '$');

    private static readonly Parser<char, char> NameRest = Token(c => char.IsLetterOrDigit(c) || c is '_' or '@' or '.' or '-' or '/');

    private static readonly Parser<char, char> WordStart = NameStart.Or(Char('/'));

    private static readonly Parser<char, string> Field = OneOf(
        Map((start, rest) => (start == '$' ? "" : start.ToString()) + rest, NameStart, NameRest.ManyString()),
        Between('`', '`'),
        Char('[').Then(Quoted('"').Or(Quoted('\''))).Before(Char(']'))).Before(SkipWhitespaces).Labelled("a field");

    private static readonly Parser<char, Operand> Text = Lexeme(At(Quoted('"').Or(Quoted('\'')).Select(text => (text, (double?)null)))).Labelled("a text in quotes");

    private static readonly Parser<char, Operand> Value = OneOf(
        Text,
        Lexeme(At(Try(Number().Before(Not(NameRest)))).Labelled("a number")),
        Lexeme(At(Map((start, rest) => (start + rest, (double?)null), WordStart, NameRest.ManyString()))).Labelled("a word"));

    private static readonly Parser<char, IReadOnlyList<Operand>> List = Symbol("[").Then(Value.SeparatedAtLeastOnce(Symbol(","))).Before(Symbol("]"))
        .Select(IReadOnlyList<Operand> (items) => [.. items]);

    private static readonly Parser<char, Syntax> Atom = OneOf(
        Symbol("(").Then(Rec(() => Any!)).Before(Symbol(")")),
        Try(Word("exists").Then(Symbol("("))).Then(Field).Before(Symbol(")")).Select(Syntax (field) => new ExistsSyntax(field)),
        Try(Word("missing").Then(Symbol("("))).Then(Field).Before(Symbol(")")).Select(Syntax (field) => new NotSyntax(new ExistsSyntax(field))),
        Map(Syntax (field, rest) => new ComparisonSyntax(field, rest.Operation, rest.Operands), Field, Rest()));

    private static readonly Parser<char, Syntax> Negated = Map(
        Syntax (nots, item) => nots.Count() % 2 == 0 ? item : new NotSyntax(item),
        OneOf(Word("not"), Try(Symbol("!"))).Many(),
        Atom);

    private static readonly Parser<char, Syntax> All = Negated.SeparatedAtLeastOnce(OneOf(Word("and"), Symbol("&&")))
        .Select(items => items.ToList() is [var one] ? one : new AllSyntax([.. items]));

    private static readonly Parser<char, Syntax> Any = All.SeparatedAtLeastOnce(OneOf(Word("or"), Symbol("||")))
        .Select(items => items.ToList() is [var one] ? one : new AnySyntax([.. items]));

    private static readonly Parser<char, Syntax> Whole = SkipWhitespaces.Then(Any).Before(End);

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

        var result = Whole.Parse(text);
        if (result.Success)
        {
            syntax = result.Value;
            return true;
        }

        error = ExpressionMessage.Of(text, result.Error!);
        return false;
    }

    private static Parser<char, (Operation Operation, IReadOnlyList<Operand> Operands)> Rest() => OneOf(
        Compare("==", Operation.Equal),
        Compare("!=", Operation.NotEqual),
        Compare("<=", Operation.LessOrEqual),
        Compare(">=", Operation.GreaterOrEqual),
        Compare("<", Operation.Less),
        Compare(">", Operation.Greater),
        Then(Symbol("=~"), Operation.Matches, Text.Select(One)),
        Then(Symbol("!~"), Operation.MatchesNot, Text.Select(One)),
        Then(Word("in"), Operation.In, List),
        Then(Try(Word("not").Then(Word("in"))), Operation.NotIn, List),
        Then(Word("contains"), Operation.Contains, Value.Select(One)),
        Then(Word("starts_with"), Operation.StartsWith, Value.Select(One)),
        Then(Word("ends_with"), Operation.EndsWith, Value.Select(One)));

    private static Parser<char, (Operation, IReadOnlyList<Operand>)> Compare(string symbol, Operation operation) =>
        Then(Symbol(symbol), operation, Value.Select(One));

    private static Parser<char, (Operation, IReadOnlyList<Operand>)> Then(Parser<char, string> sign, Operation operation, Parser<char, IReadOnlyList<Operand>> right) =>
        sign.Then(right).Select(operands => (operation, operands));

    private static IReadOnlyList<Operand> One(Operand operand) => [operand];

    private static Parser<char, T> Lexeme<T>(Parser<char, T> parser) => parser.Before(SkipWhitespaces);

    private static Parser<char, string> Symbol(string symbol) => Lexeme(Try(String(symbol))).Labelled(symbol);

    private static Parser<char, string> Word(string word) => Lexeme(Try(String(word).Before(Not(NameRest)))).Labelled(word);

    private static Parser<char, Operand> At(Parser<char, (string Text, double? Number)> parser) =>
        Map((position, value) => new Operand(value.Text, value.Number, position), CurrentOffset, parser);

    private static Parser<char, (string Text, double? Number)> Number() =>
        Token(c => char.IsAsciiDigit(c) || c is '-' or '+' or '.').Then(Token(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+').ManyString(), (first, rest) => first + rest)
            .Where(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            .Select(text => (text, (double?)double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));

    private static Parser<char, string> Between(char open, char close) =>
        Char(open).Then(AnyCharExcept(close).AtLeastOnceString()).Before(Char(close));

    /// <summary>In quotes a backslash only makes a quote of the same kind part of the text; any other stays, as regular expressions need it.</summary>
    private static Parser<char, string> Quoted(char quote) =>
        Char(quote).Then(Try(Char('\\').Then(Char(quote))).Or(AnyCharExcept(quote)).ManyString()).Before(Char(quote));

    private static int Depth(string text)
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
