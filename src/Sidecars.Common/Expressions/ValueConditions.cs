using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;

namespace Sidecars.Common.Expressions;

/// <summary>The field is exactly one of some texts or numbers.</summary>
internal sealed class OneOfCondition(int field, byte[][] texts, double[] numbers) : Condition
{
    public override bool IsTrue(Scope scope)
    {
        if (!scope.TryGet(field, out var value))
        {
            return false;
        }

        foreach (var text in texts)
        {
            if (value.SequenceEqual(text))
            {
                return true;
            }
        }

        return numbers.Length > 0 && Number.TryRead(value, out var number) && Array.IndexOf(numbers, number) >= 0;
    }
}

/// <summary>The field is a number that stands in some order to another.</summary>
internal sealed class OrderCondition(int field, Operation operation, double bound) : Condition
{
    public override bool IsTrue(Scope scope) =>
        scope.TryGet(field, out var value) && Number.TryRead(value, out var number) && Number.Compare(number, operation, bound);
}

/// <summary>The field is a word for a severity that is graver or less grave than another.</summary>
internal sealed class SeverityCondition(int field, Operation operation, int bound) : Condition
{
    public override bool IsTrue(Scope scope) =>
        scope.TryGet(field, out var value) && scope.TrySeverity(value, out var severity) && Number.Compare(severity, operation, bound);
}

/// <summary>The field contains, begins with or ends with a text.</summary>
internal sealed class PartCondition(int field, Operation operation, byte[] part) : Condition
{
    public override bool IsTrue(Scope scope) => scope.TryGet(field, out var value) && operation switch
    {
        Operation.StartsWith => value.StartsWith(part),
        Operation.EndsWith => value.EndsWith(part),
        _ => value.IndexOf(part) >= 0,
    };
}

/// <summary>A regular expression is found in the field. The engine takes time in proportion to the value, whatever the pattern.</summary>
internal sealed class RegexCondition(int field, Regex regex) : Condition
{
    private const int Short = 512;

    public override bool IsTrue(Scope scope)
    {
        if (!scope.TryGet(field, out var value))
        {
            return false;
        }

        if (value.Length <= Short)
        {
            Span<char> text = stackalloc char[Short];
            return regex.IsMatch(text[..Encoding.UTF8.GetChars(value, text)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(value.Length);
        var isMatch = regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(value, rented)));
        ArrayPool<char>.Shared.Return(rented);
        return isMatch;
    }
}

/// <summary>Reads and compares numbers.</summary>
internal static class Number
{
    private const int MostPlainDigits = 15;

    public static bool TryRead(ReadOnlySpan<byte> value, out double number)
    {
        number = 0;
        if (value.Length > MostPlainDigits || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return Utf8Parser.TryParse(value, out number, out var read) && read == value.Length && double.IsFinite(number);
        }

        foreach (var digit in value)
        {
            number = (10 * number) + (digit - '0');
        }

        return true;
    }

    public static bool Compare(double number, Operation operation, double bound) => operation switch
    {
        Operation.Less => number < bound,
        Operation.LessOrEqual => number <= bound,
        Operation.Greater => number > bound,
        _ => number >= bound,
    };
}
