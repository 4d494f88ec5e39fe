namespace Sidecars.Common.Expressions;

/// <summary>One node of what is reckoned.</summary>
internal abstract class Term
{
    public abstract double Evaluate(ReadOnlySpan<double> fields);
}

internal sealed class NumberTerm(double number) : Term
{
    public override double Evaluate(ReadOnlySpan<double> fields) => number;
}

internal sealed class FieldTerm(int field) : Term
{
    public override double Evaluate(ReadOnlySpan<double> fields) => fields[field];
}

internal sealed class OperationTerm(char sign, Term left, Term right) : Term
{
    public override double Evaluate(ReadOnlySpan<double> fields)
    {
        var a = left.Evaluate(fields);
        var b = right.Evaluate(fields);
        return sign switch
        {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            '/' => a / b,
            _ => a % b,
        };
    }
}
