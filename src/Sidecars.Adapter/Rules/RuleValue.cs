using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>Where the number of a rule comes from: each sample counts one, or a field holds it.</summary>
internal sealed class RuleValue(int field, bool isList, bool canBeNegative, double scale = 1, IReadOnlyList<(byte[] Text, double Number)>? map = null)
{
    private const int NoField = -1;

    /// <summary>Each sample counts one.</summary>
    public static RuleValue One { get; } = new(NoField, false, false);

    public RuleOutcome Read(in Sample sample, out double number)
    {
        number = 1;
        if (field == NoField)
        {
            return RuleOutcome.Applied;
        }

        var text = sample[field];
        if (LogValue.IsMissing(text))
        {
            return RuleOutcome.NoValue;
        }

        if (map is not null)
        {
            return Find(text, out number) ? RuleOutcome.Applied : RuleOutcome.Unreadable;
        }

        if (isList ? LogValue.TrySum(text, out number) : TryNumber(text, out number))
        {
            number *= scale;
            return number >= 0 || canBeNegative ? RuleOutcome.Applied : RuleOutcome.Unreadable;
        }

        return isList && !text.ContainsAnyExcept(" -,:"u8) ? RuleOutcome.NoValue : RuleOutcome.Unreadable;
    }

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

    private bool Find(ReadOnlySpan<byte> text, out double number)
    {
        foreach (var (known, value) in map!)
        {
            if (text.SequenceEqual(known))
            {
                number = value;
                return true;
            }
        }

        number = 0;
        return false;
    }
}
