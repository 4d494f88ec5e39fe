namespace Sidecars.Common.Configuration;

/// <summary>The JSON Schema of a type that has a converter of its own, such as a value that may be a text or a mapping.</summary>
/// <param name="json">A JSON Schema object.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SchemaAttribute(string json) : Attribute
{
    /// <summary>A JSON Schema object.</summary>
    public string Json { get; } = json;
}
