using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>
/// A label and what its value comes from: <c>status</c>, <c>{ code: status }</c>, <c>{ request: "{method} {uri}" }</c>, or
/// <c>{ route: { field: uri, path: true } }</c>.
/// </summary>
/// <param name="Name">The label.</param>
/// <param name="Field">A field's name, or a text with fields in braces.</param>
/// <param name="Shape">What becomes of the value; null where it stays as it is.</param>
[JsonConverter(typeof(LabelOptionsConverter))]
[Schema(LabelSchema.Json)]
internal sealed record LabelOptions(string Name, string Field, LabelShapeOptions? Shape = null);

/// <summary>Reads and writes all forms.</summary>
internal sealed class LabelOptionsConverter : JsonConverter<LabelOptions>
{
    public override LabelOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var given = document.RootElement;
        if (given.ValueKind == JsonValueKind.String)
        {
            return new LabelOptions(given.GetString()!, given.GetString()!);
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("a label is a field's name or { label: field }");
        }

        var labels = given.EnumerateObject().ToList();
        return labels is not [var label] ? throw new JsonException("one label is one { label: field }; write several as several entries")
            : label.Value.ValueKind == JsonValueKind.String ? new LabelOptions(label.Name, label.Value.GetString()!)
            : label.Value.ValueKind == JsonValueKind.Object ? Shaped(label.Name, label.Value)
            : throw new JsonException("the field of a label is a name, or { field: name, path: true } and the like");
    }

    public override void Write(Utf8JsonWriter writer, LabelOptions value, JsonSerializerOptions options)
    {
        if (value.Shape is null && value.Name == value.Field)
        {
            writer.WriteStringValue(value.Name);
            return;
        }

        writer.WriteStartObject();
        if (value.Shape is { } shape)
        {
            writer.WritePropertyName(value.Name);
            shape.Write(writer, value.Field);
        }
        else
        {
            writer.WriteString(value.Name, value.Field);
        }

        writer.WriteEndObject();
    }

    private static LabelOptions Shaped(string name, JsonElement given)
    {
        var (field, shape) = LabelShapeOptions.Read(given);
        return new LabelOptions(name, field, shape);
    }
}
