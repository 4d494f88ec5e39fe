namespace Sidecars.Common.Expressions;

/// <summary>What was written, before it is judged.</summary>
internal abstract record Syntax;

internal sealed record AnySyntax(IReadOnlyList<Syntax> Items) : Syntax;

internal sealed record AllSyntax(IReadOnlyList<Syntax> Items) : Syntax;

internal sealed record NotSyntax(Syntax Item) : Syntax;

internal sealed record ExistsSyntax(string Field) : Syntax;

/// <summary>A field, an operator and what stands to its right: one operand, or several in a list.</summary>
internal sealed record ComparisonSyntax(string Field, Operation Operation, IReadOnlyList<Operand> Operands) : Syntax;

/// <summary>A value as it was written; <see cref="Number"/> where it is one and stood without quotes.</summary>
internal readonly record struct Operand(string Text, double? Number, int Position);

internal enum Operation
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Matches,
    MatchesNot,
    Contains,
    StartsWith,
    EndsWith,
}
