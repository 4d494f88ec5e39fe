using System.Text.Json;

namespace Sidecars.Testing;

/// <summary>What a sidecar says on <c>/status.json</c> at one moment.</summary>
/// <param name="Root">The document.</param>
public sealed record StatusJson(JsonElement Root)
{
    /// <summary>The rows of a section.</summary>
    public JsonElement[] Rows(string section) => [.. Root.GetProperty("sections").GetProperty(section).EnumerateArray()];

    /// <summary>The one row of a section that has this text.</summary>
    public JsonElement Row(string section, string key, string text) => Rows(section).Single(row => row.GetProperty(key).GetString() == text);

    /// <inheritdoc/>
    public override string ToString() => Root.GetRawText();
}
