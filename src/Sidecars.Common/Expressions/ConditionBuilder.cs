using System.Text;
using System.Text.RegularExpressions;

namespace Sidecars.Common.Expressions;

/// <summary>Makes conditions of what was written, and says where it means nothing.</summary>
internal sealed class ConditionBuilder
{
    // the numbers are OpenTelemetry's
    private static readonly Dictionary<string, int> Severities = new(StringComparer.Ordinal)
    {
        ["trace"] = 1,
        ["debug"] = 5,
        ["info"] = 9,
        ["notice"] = 10,
        ["warn"] = 13,
        ["error"] = 17,
        ["critical"] = 18,
        ["alert"] = 19,
        ["fatal"] = 21,
    };

    private readonly List<string> _fields;
    private ExpressionError? _error;

    private ConditionBuilder(List<string> fields) => _fields = fields;

    /// <summary>The conditions; null where there is an error. Gathers the names of the fields.</summary>
    public static Condition? Build(Syntax syntax, List<string> fields, out ExpressionError? error)
    {
        var builder = new ConditionBuilder(fields);
        var root = builder.Build(syntax);
        error = builder._error;
        return error is null ? root : null;
    }

    private Condition Build(Syntax syntax) => syntax switch
    {
        AllSyntax all => new AllCondition([.. all.Items.Select(Build)]),
        AnySyntax any => new AnyCondition([.. any.Items.Select(Build)]),
        NotSyntax not => new NotCondition(Build(not.Item)),
        ExistsSyntax exists => new ExistsCondition(Field(exists.Field)),
        ComparisonSyntax comparison => Build(comparison, Field(comparison.Field)),
        _ => throw new InvalidOperationException(syntax.ToString()),
    };

    private Condition Build(ComparisonSyntax comparison, int field)
    {
        var operand = comparison.Operands[0];
        switch (comparison.Operation)
        {
            case Operation.Equal or Operation.In:
                return OneOf(field, comparison.Operands);
            case Operation.NotEqual or Operation.NotIn:
                return new NotCondition(OneOf(field, comparison.Operands));
            case Operation.Matches:
                return Matches(field, operand);
            case Operation.MatchesNot:
                return new NotCondition(Matches(field, operand));
            case Operation.Contains or Operation.StartsWith or Operation.EndsWith:
                return new PartCondition(field, comparison.Operation, Encoding.UTF8.GetBytes(operand.Text));
            default:
                return Order(field, comparison.Operation, operand);
        }
    }

    private static OneOfCondition OneOf(int field, IReadOnlyList<Operand> operands) => new(
        field,
        [.. operands.Where(operand => operand.Number is null).Select(operand => Encoding.UTF8.GetBytes(operand.Text))],
        [.. operands.Where(operand => operand.Number is not null).Select(operand => operand.Number!.Value)]);

    private Condition Order(int field, Operation operation, Operand operand)
    {
        if (operand.Number is { } number)
        {
            return new OrderCondition(field, operation, number);
        }

        if (!Severities.TryGetValue(operand.Text, out var severity))
        {
            _error ??= new ExpressionError(operand.Position, $"'{operand.Text}' has no order; <, <=, > and >= take a number without quotes or a severity: " + string.Join(", ", Severities.Keys));
        }

        return new SeverityCondition(field, operation, severity);
    }

    private RegexCondition Matches(int field, Operand operand)
    {
        try
        {
            return new RegexCondition(field, new Regex(operand.Text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            _error ??= new ExpressionError(operand.Position, exception is NotSupportedException
                ? "this regular expression looks ahead, looks behind or refers back, which cannot be done in bounded time; write it without, or as two conditions with and"
                : $"no regular expression: {exception.Message}");
            return new RegexCondition(field, new Regex("", RegexOptions.NonBacktracking));
        }
    }

    private int Field(string name)
    {
        var index = _fields.IndexOf(name);
        if (index >= 0)
        {
            return index;
        }

        _fields.Add(name);
        return _fields.Count - 1;
    }
}
