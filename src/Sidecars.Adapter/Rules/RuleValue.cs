using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>Where the number of a rule comes from: each sample counts one, or a field holds it.</summary>
internal sealed class RuleValue(int field, bool isList, bool canBeNegative)
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

        if (isList ? LogValue.TrySum(text, out number) : LogValue.TryNumber(text, out number))
        {
            return number >= 0 || canBeNegative ? RuleOutcome.Applied : RuleOutcome.Unreadable;
        }

        return isList && !text.ContainsAnyExcept(" -,:"u8) ? RuleOutcome.NoValue : RuleOutcome.Unreadable;
    }
}
