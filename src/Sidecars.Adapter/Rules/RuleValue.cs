using Sidecars.Adapter.Extraction;
using Sidecars.Adapter.Options;
using Sidecars.Common.Expressions;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>Where the number of a rule comes from.</summary>
internal abstract class RuleValue
{
    /// <summary>Each sample counts one.</summary>
    public static RuleValue One { get; } = new ConstantValue();

    public abstract RuleOutcome Read(in Sample sample, out double number);

    /// <summary>Reads a field's number, of nginx's lists of times their sum.</summary>
    protected static RuleOutcome ReadNumber(ReadOnlySpan<byte> text, bool isList, out double number)
    {
        number = 0;
        return LogValue.IsMissing(text) ? RuleOutcome.NoValue
            : isList ? ReadList(text, out number)
            : TryNumber(text, out number) ? RuleOutcome.Applied
            : RuleOutcome.Unreadable;
    }

    private static RuleOutcome ReadList(ReadOnlySpan<byte> text, out double number) =>
        LogValue.TrySum(text, out number) ? RuleOutcome.Applied
        : text.ContainsAnyExcept(" -,:"u8) ? RuleOutcome.Unreadable
        : RuleOutcome.NoValue;

    private static bool TryNumber(ReadOnlySpan<byte> text, out double number)
    {
        if (LogValue.TryNumber(text, out number))
        {
            return true;
        }

        // as JSON says yes and no
        number = text.SequenceEqual("true"u8) ? 1 : 0;
        return text.SequenceEqual("true"u8) || text.SequenceEqual("false"u8);
    }

    private sealed class ConstantValue : RuleValue
    {
        public override RuleOutcome Read(in Sample sample, out double number)
        {
            number = 1;
            return RuleOutcome.Applied;
        }
    }
}

/// <summary>A field's number, in the metric's unit.</summary>
internal sealed class FieldValue(int field, bool isList, bool canBeNegative, UnitConversion conversion) : RuleValue
{
    public override RuleOutcome Read(in Sample sample, out double number)
    {
        var outcome = ReadNumber(sample[field], isList, out number);
        number = conversion.Apply(number);
        return outcome == RuleOutcome.Applied && number < 0 && !canBeNegative ? RuleOutcome.Unreadable : outcome;
    }
}

/// <summary>Numbers for a field's words.</summary>
internal sealed class WordValue(int field, IReadOnlyList<(byte[] Text, double Number)> words) : RuleValue
{
    private readonly (byte[] Text, double Number)[] _words = [.. words];

    public override RuleOutcome Read(in Sample sample, out double number)
    {
        var text = sample[field];
        foreach (var (known, value) in _words)
        {
            if (text.SequenceEqual(known))
            {
                number = value;
                return RuleOutcome.Applied;
            }
        }

        number = 0;
        return LogValue.IsMissing(text) ? RuleOutcome.NoValue : RuleOutcome.Unreadable;
    }
}

/// <summary>A number reckoned from fields, in the metric's unit. Used by one thread at a time.</summary>
internal sealed class ReckonedValue(Arithmetic arithmetic, (int Field, bool IsList)[] fields, bool canBeNegative, UnitConversion conversion) : RuleValue
{
    private readonly double[] _numbers = new double[fields.Length];

    public override RuleOutcome Read(in Sample sample, out double number)
    {
        number = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            var outcome = ReadNumber(sample[fields[i].Field], fields[i].IsList, out _numbers[i]);
            if (outcome != RuleOutcome.Applied)
            {
                return outcome;
            }
        }

        number = conversion.Apply(arithmetic.Evaluate(_numbers));
        return double.IsFinite(number) && (number >= 0 || canBeNegative) ? RuleOutcome.Applied : RuleOutcome.Unreadable;
    }
}
