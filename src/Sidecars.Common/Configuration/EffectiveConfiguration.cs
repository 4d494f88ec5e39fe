using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Sidecars.Common.Configuration;

/// <summary>Prints the configuration in force as YAML: every value with its source, secrets redacted.</summary>
internal static class EffectiveConfiguration
{
    public static string Write<TOptions>(LoadedConfiguration<TOptions> loaded, JsonTypeInfo<TOptions> type)
        where TOptions : class
    {
        var output = new StringBuilder();
        WriteMapping(JsonSerializer.SerializeToNode(loaded.Options, type)!.AsObject(), loaded.Root, "", indent: 0, inList: false, output);
        return output.ToString(1, output.Length - 1);
    }

    // the first entry of a mapping in a list stands behind the dash
    private static void WriteMapping(JsonObject mapping, ConfigNode root, string path, int indent, bool inList, StringBuilder output)
    {
        output.Append(inList ? " " : "\n");
        var first = inList;
        foreach (var (key, value) in mapping.Where(e => e.Value is not null))
        {
            output.Append(' ', first ? 0 : indent).Append(Scalar(key)).Append(':');
            WriteValue(value!, root, KeyPath.Join(path, key), indent + 2, inList: false, output);
            first = false;
        }
    }

    private static void WriteValue(JsonNode value, ConfigNode root, string path, int indent, bool inList, StringBuilder output)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } mapping when mapping.Any(e => e.Value is not null):
                WriteMapping(mapping, root, path, indent, inList, output);
                break;
            case JsonArray { Count: > 0 } list:
                output.Append('\n');
                for (var i = 0; i < list.Count; i++)
                {
                    output.Append(' ', indent).Append('-');
                    WriteValue(list[i]!, root, KeyPath.Join(path, i), indent + 2, inList: true, output);
                }

                break;
            default:
                WriteLeaf(value, root, path, output);
                break;
        }
    }

    private static void WriteLeaf(JsonNode value, ConfigNode root, string path, StringBuilder output)
    {
        var node = root.Find(path);
        var text = node is ConfigScalar { IsSecret: true } ? Scalar(Secret.Redacted)
            : value is JsonObject ? "{}"
            : value is JsonArray ? "[]"
            : value.GetValueKind() == JsonValueKind.String ? Scalar(value.GetValue<string>())
            : value.ToJsonString();
        var source = node?.Position.ToString() ?? NearestGiven(root, path);
        output.Append(' ').Append(text).Append("  # ").Append(source).Append('\n');
    }

    // an entry of a list that a flag or a variable gave as one text
    private static string NearestGiven(ConfigNode root, string path) =>
        root.FindNearest(path) is ConfigScalar { Position.Line: 0 } given ? given.Position.ToString() : "default";

    // Quoted in single quotes wherever a plain scalar could be read as something else.
    private static string Scalar(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') && !char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '.')
        && text is not ("true" or "false" or "null")
            ? text
            : text.Any(char.IsControl) ? JsonValue.Create(text)!.ToJsonString() : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
