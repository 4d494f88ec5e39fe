using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Sidecars.Common.Configuration;

/// <summary>The JSON Schema of a sidecar's configuration, for editors; made from the same metadata that reads it.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Write(JsonTypeInfo type, string title)
    {
        var schema = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Refine }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            schema.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static JsonObject Refine(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var schema = type == typeof(TimeSpan) ? new JsonObject { ["type"] = "string", ["pattern"] = DurationConverter.Pattern }
            : type.GetCustomAttribute<SchemaAttribute>() is { } own ? JsonNode.Parse(own.Json)!.AsObject()
            : node as JsonObject ?? [];
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema["additionalProperties"] = false;
            var required = context.TypeInfo.Properties.Where(p => p.Has<RequiredAttribute>()).Select(p => (JsonNode)p.Name).ToArray();
            if (required.Length > 0)
            {
                schema["required"] = new JsonArray(required);
            }

            schema = type.GetCustomAttribute<ShortFormAttribute>() is { } brief ? WithShortForm(schema, brief.Key) : schema;
        }

        // the exporter leaves out the items whose own converter makes them opaque to it
        if (context.TypeInfo.ElementType?.GetCustomAttribute<SchemaAttribute>() is { } item && schema["items"] is null)
        {
            schema["items"] = JsonNode.Parse(item.Json);
        }

        if (context.PropertyInfo is { } property)
        {
            Describe(property, schema);
        }

        return schema;
    }

    private static JsonObject WithShortForm(JsonObject schema, string key)
    {
        var brief = schema["properties"]![key]!.DeepClone().AsObject();
        brief.Remove("description");
        return new JsonObject { ["anyOf"] = new JsonArray(brief, schema) };
    }

    private static void Describe(JsonPropertyInfo property, JsonObject schema)
    {
        var range = property.Attribute<AllowedRangeAttribute>();
        if (range is not null && double.TryParse(range.Minimum, NumberStyles.Float, CultureInfo.InvariantCulture, out var minimum))
        {
            schema["minimum"] = minimum;
            schema["maximum"] = double.Parse(range.Maximum, CultureInfo.InvariantCulture);
            range = null;
        }

        if (property.Attribute<DescriptionAttribute>() is { } description)
        {
            schema.Remove("description");
            schema.Insert(0, "description", description.Description + (range is null ? "" : $" Range: {range.Minimum} to {range.Maximum}."));
        }
    }
}
