using System.Text.Json;

namespace Sidecars.Adapter.Options;

/// <summary>What becomes of a label's value, in this order.</summary>
internal sealed record LabelShapeOptions
{
    public const string Lower = "lower";
    public const string Upper = "upper";

    private static readonly string[] Keys = ["field", "regex", "replace", "path", "status_class", "case", "map", "default", "truncate"];

    public string? Regex { get; init; }

    public string? Replace { get; init; }

    /// <summary>Routes to tell by name; empty for none, null where no path is meant.</summary>
    public IReadOnlyList<string>? Path { get; init; }

    public bool StatusClass { get; init; }

    public string? Case { get; init; }

    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    public string? Default { get; init; }

    public int? Truncate { get; init; }

    /// <summary>Whether something can come of a value that <see cref="Default"/> is for.</summary>
    public bool CanFail => Regex is not null || Path is not null || StatusClass || Map.Count > 0;

    /// <summary>Reads the mapping of a label; the field comes with it.</summary>
    public static (string Field, LabelShapeOptions Shape) Read(JsonElement label)
    {
        var (field, shape) = ((string?)null, new LabelShapeOptions());
        foreach (var property in label.EnumerateObject())
        {
            var value = property.Value;
            shape = property.Name switch
            {
                "field" => Keep(shape, field = Text(value, "field")),
                "regex" => shape with { Regex = Text(value, "regex") },
                "replace" => shape with { Replace = Text(value, "replace") },
                "path" => shape with { Path = Routes(value) },
                "status_class" => shape with { StatusClass = Flag(value, "status_class") },
                "case" => shape with { Case = Text(value, "case") },
                "map" => shape with { Map = Words(value) },
                "default" => shape with { Default = Text(value, "default") },
                "truncate" => shape with { Truncate = Count(value) },
                _ => throw new JsonException($"unknown key '{property.Name}' of a label; keys: {string.Join(", ", Keys)}"),
            };
        }

        return (field ?? throw new JsonException("a label needs its field: { label: { field: name, ... } }"), shape);
    }

    public void Write(Utf8JsonWriter writer, string field)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in new[] { ("field", field), ("regex", Regex), ("replace", Replace), ("case", Case), ("default", Default) }.Where(one => one.Item2 is not null))
        {
            writer.WriteString(key, text);
        }

        if (StatusClass)
        {
            writer.WriteBoolean("status_class", true);
        }

        if (Truncate is { } truncate)
        {
            writer.WriteNumber("truncate", truncate);
        }

        WriteLists(writer);
        writer.WriteEndObject();
    }

    private void WriteLists(Utf8JsonWriter writer)
    {
        if (Path is { } path)
        {
            writer.WriteStartArray("path");
            foreach (var route in path)
            {
                writer.WriteStringValue(route);
            }

            writer.WriteEndArray();
        }

        if (Map.Count > 0)
        {
            writer.WriteStartObject("map");
            foreach (var (word, meaning) in Map)
            {
                writer.WriteString(word, meaning);
            }

            writer.WriteEndObject();
        }
    }

    private static LabelShapeOptions Keep(LabelShapeOptions shape, string _) => shape;

    // what stands in YAML without quotes may look like a number or a flag, and still is the text it was written as
    private static string Text(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Null => "",
        _ => throw new JsonException($"{key} of a label is a single text"),
    };

    private static bool Flag(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new JsonException($"{key} of a label is true or false"),
    };

    private static int Count(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count > 0 ? count
        : throw new JsonException("truncate of a label is the most characters, from 1 on");

    private static string[]? Routes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => [],
        JsonValueKind.False => null,
        JsonValueKind.Array => [.. value.EnumerateArray().Select(route => Text(route, "a route of path"))],
        _ => throw new JsonException("path of a label is true, or a list of routes: [/users/:id/orders/:order, /static/*]"),
    };

    private static Dictionary<string, string> Words(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().ToDictionary(word => word.Name, word => Text(word.Value, "an entry of map"))
        : throw new JsonException("map of a label is a mapping: { word: other word }");
}
