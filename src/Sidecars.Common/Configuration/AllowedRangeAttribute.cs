namespace Sidecars.Common.Configuration;

/// <summary>The range of an option, both ends allowed, in the option's own notation: <c>[AllowedRange("100ms", "1h")]</c>.</summary>
/// <param name="minimum">The smallest allowed value.</param>
/// <param name="maximum">The largest allowed value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllowedRangeAttribute(string minimum, string maximum) : Attribute
{
    /// <summary>The smallest allowed value.</summary>
    public string Minimum { get; } = minimum;

    /// <summary>The largest allowed value.</summary>
    public string Maximum { get; } = maximum;
}
