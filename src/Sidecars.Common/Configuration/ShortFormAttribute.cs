namespace Sidecars.Common.Configuration;

/// <summary>A mapping that may be written short: a single value or a list in its place is the value of one key, <c>parse: json</c> for <c>parse: { format: json }</c>.</summary>
/// <param name="key">The key, as the configuration has it.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShortFormAttribute(string key) : Attribute
{
    /// <summary>The key that is meant.</summary>
    public string Key { get; } = key;
}
