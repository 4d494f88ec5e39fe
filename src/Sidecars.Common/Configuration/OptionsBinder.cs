using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Sidecars.Common.Configuration;

/// <summary>
/// Walks a YAML tree along the source-generated metadata of the options and reports every mistake at its own place;
/// what it returns deserializes without error when nothing was reported.
/// </summary>
internal sealed class OptionsBinder(ProblemList problems)
{
    /// <summary>
    /// Whether everything that a validator relies on is there: no entry of a list and no required key is wrong or missing. Then the
    /// rest can be validated, although something else was reported.
    /// </summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>The value as JSON, or null where it is absent or wrong.</summary>
    public JsonNode? Bind(ConfigNode node, JsonTypeInfo type, string path = "") => type.Kind switch
    {
        JsonTypeInfoKind.Object => BindObject(node, type, path),
        JsonTypeInfoKind.Enumerable => BindList(node, type, path),
        JsonTypeInfoKind.Dictionary => BindMap(node, type, path),
        _ => BindLeaf(node, type, path),
    };

    private JsonObject? BindObject(ConfigNode node, JsonTypeInfo type, string path)
    {
        if ((AsMapping(node) ?? FromShortForm(node, type)) is not { } mapping)
        {
            problems.Add(node.Position, path, $"a mapping is expected here; keys: {string.Join(", ", type.Properties.Select(p => p.Name))}");
            return null;
        }

        var result = new JsonObject();
        foreach (var (key, position, value) in mapping.Entries)
        {
            var keyPath = KeyPath.Join(path, key);
            if (type.Properties.FirstOrDefault(p => p.Name == key) is not { } property)
            {
                problems.Add(position, keyPath, "unknown key" + Suggestion.For(key, [.. type.Properties.Select(p => p.Name)]));
            }
            else if (Bind(value, TypeOf(type, property.PropertyType), keyPath) is { } bound)
            {
                CheckRange(property, bound, value.Position, keyPath);
                result[key] = bound;
            }
            else
            {
                IsComplete &= !property.Has<RequiredAttribute>();
            }
        }

        foreach (var property in type.Properties.Where(p => p.Has<RequiredAttribute>() && mapping[p.Name] is null))
        {
            IsComplete = false;
            problems.Add(node.Position, KeyPath.Join(path, property.Name), $"this key is required: {property.Attribute<DescriptionAttribute>()?.Description}");
        }

        return result;
    }

    private JsonArray? BindList(ConfigNode node, JsonTypeInfo type, string path)
    {
        var elementType = TypeOf(type, type.ElementType!);
        switch (node)
        {
            case ConfigSequence sequence:
                var result = new JsonArray();
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    result.Add(BindEntry(sequence.Items[i], elementType, KeyPath.Join(path, i)));
                }

                return result;
            case ConfigScalar { IsNull: true }:
                return null;
            case ConfigScalar { Position.Line: 0 } given:
                // a flag or an environment variable
                return new JsonArray([.. given.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select((item, i) => BindEntry(new ConfigScalar(given.Position, item, isPlain: false), elementType, KeyPath.Join(path, i)))]);
            default:
                problems.Add(node.Position, path, "a list is expected here; write one entry a line, each behind '- ', or [a, b]");
                return null;
        }
    }

    private JsonObject? BindMap(ConfigNode node, JsonTypeInfo type, string path)
    {
        if (AsMapping(node) is not { } mapping)
        {
            problems.Add(node.Position, path, "a mapping is expected here: name: value, one a line");
            return null;
        }

        var elementType = TypeOf(type, type.ElementType!);
        var result = new JsonObject();
        foreach (var (key, _, value) in mapping.Entries)
        {
            result[key] = BindEntry(value, elementType, KeyPath.Join(path, key));
        }

        return result;
    }

    private JsonNode? BindEntry(ConfigNode node, JsonTypeInfo type, string path)
    {
        var bound = Bind(node, type, path);
        IsComplete &= bound is not null;
        return bound;
    }

    private JsonNode? BindLeaf(ConfigNode node, JsonTypeInfo type, string path)
    {
        var target = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (node is ConfigScalar scalar)
        {
            return scalar.IsNull ? null : BindScalar(scalar, type, target, path);
        }

        if (target.IsPrimitive || target.IsEnum || target == typeof(string) || target == typeof(TimeSpan))
        {
            problems.Add(node.Position, path, "a single value is expected here, not a " + (node is ConfigSequence ? "list" : "mapping"));
            return null;
        }

        // a type that says what it takes has a converter that says what is wrong
        var message = Attribute.IsDefined(target, typeof(SchemaAttribute)) ? null : "this value is not allowed here";
        return Try(ToJson(node), type, node.Position, path, message);
    }

    private JsonNode? BindScalar(ConfigScalar scalar, JsonTypeInfo type, Type target, string path)
    {
        if (target.IsEnum)
        {
            return BindEnum(scalar, target, type.Options, path);
        }

        var text = scalar.Text;
        if (target == typeof(bool))
        {
            return Try(text is "true" or "false" ? JsonValue.Create(text == "true") : JsonValue.Create(text), type, scalar.Position, path, $"'{text}' is neither true nor false");
        }

        if (target.IsPrimitive)
        {
            var whole = target != typeof(double) && target != typeof(float);
            return Try(Number(text, whole), type, scalar.Position, path, whole ? $"'{text}' is not a whole number" : $"'{text}' is not a number");
        }

        JsonNode json = target == typeof(Secret) && scalar.Parts is { } parts ? SecretConverter.ToJson(parts) : JsonValue.Create(text);
        return Try(json, type, scalar.Position, path, null);
    }

    // by name alone: the converter would take numbers too
    private JsonValue? BindEnum(ConfigScalar scalar, Type type, JsonSerializerOptions options, string path)
    {
        var names = options.GetTypeInfo(type).GetJsonSchemaAsNode()["enum"]!.AsArray().Select(n => n!.ToString()).ToList();
        if (names.Contains(scalar.Text))
        {
            return JsonValue.Create(scalar.Text);
        }

        problems.Add(scalar.Position, path, $"'{scalar.Text}' is not allowed" + Suggestion.For(scalar.Text, names));
        return null;
    }

    private static JsonValue Number(string text, bool whole) =>
        whole && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? JsonValue.Create(integer)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonValue.Create(number)
        : JsonValue.Create(text);

    private JsonNode? Try(JsonNode? json, JsonTypeInfo type, Position position, string path, string? message)
    {
        try
        {
            JsonSerializer.Deserialize(json, type);
            return json;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            problems.Add(position, path, message ?? e.Message);
            return null;
        }
    }

    private void CheckRange(JsonPropertyInfo property, JsonNode bound, Position position, string path)
    {
        if (property.Attribute<AllowedRangeAttribute>() is not { } range)
        {
            return;
        }

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var value = Magnitude(type, bound.ToString());
        if (value < Magnitude(type, range.Minimum) || value > Magnitude(type, range.Maximum))
        {
            problems.Add(position, path, $"{bound} is out of range; allowed: {range.Minimum} to {range.Maximum}");
        }
    }

    private static decimal Magnitude(Type type, string text) =>
        type == typeof(TimeSpan) && DurationConverter.TryParse(text, out var duration) ? duration.Ticks
        : type == typeof(ByteSize) && ByteSize.TryParse(text, out var size) ? size.Bytes
        : decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static ConfigMapping? AsMapping(ConfigNode node) =>
        node as ConfigMapping ?? (node is ConfigScalar { IsNull: true } ? new ConfigMapping(node.Position) : null);

    private static ConfigMapping? FromShortForm(ConfigNode node, JsonTypeInfo type)
    {
        if (Attribute.GetCustomAttribute(type.Type, typeof(ShortFormAttribute)) is not ShortFormAttribute { Key: var key })
        {
            return null;
        }

        var isList = TypeOf(type, type.Properties.First(property => property.Name == key).PropertyType).Kind == JsonTypeInfoKind.Enumerable;
        var value = isList && node is ConfigScalar ? new ConfigSequence(node.Position) { Items = { node } } : node;
        return new ConfigMapping(node.Position) { Entries = { (key, node.Position, value) } };
    }

    private static JsonTypeInfo TypeOf(JsonTypeInfo parent, Type type) => parent.Options.GetTypeInfo(type);

    // For types with a converter of their own: the YAML core schema's view of the values.
    private static JsonNode? ToJson(ConfigNode node) => node switch
    {
        ConfigScalar { IsNull: true } => null,
        ConfigScalar { IsPlain: true, Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
        ConfigScalar { IsPlain: true } scalar when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        ConfigScalar scalar => JsonValue.Create(scalar.Text),
        ConfigSequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        ConfigMapping mapping => new JsonObject(mapping.Entries.Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        _ => null,
    };
}
