using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>A label and the field its value comes from: <c>status</c>, or <c>{ code: status }</c>.</summary>
[JsonConverter(typeof(LabelOptionsConverter))]
[Schema("""{ "anyOf": [ { "type": "string" }, { "type": "object", "additionalProperties": { "type": "string" }, "minProperties": 1, "maxProperties": 1 } ] }""")]
internal sealed record LabelOptions(string Name, string Field);

/// <summary>Reads and writes both forms.</summary>
internal sealed class LabelOptionsConverter : JsonConverter<LabelOptions>
{
    public override LabelOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var name = reader.GetString()!;
            return new LabelOptions(name, name);
        }

        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
        {
            throw new JsonException("a label is a field's name or { label: field }");
        }

        var label = reader.GetString()!;
        reader.Read();
        var field = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("the field of a label is a name");
        return reader.Read() && reader.TokenType == JsonTokenType.EndObject
            ? new LabelOptions(label, field)
            : throw new JsonException("one label is one { label: field }; write several as several entries");
    }

    public override void Write(Utf8JsonWriter writer, LabelOptions value, JsonSerializerOptions options)
    {
        if (value.Name == value.Field)
        {
            writer.WriteStringValue(value.Name);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString(value.Name, value.Field);
        writer.WriteEndObject();
    }
}
