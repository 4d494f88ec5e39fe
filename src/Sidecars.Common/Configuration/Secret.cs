using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecars.Common.Configuration;

/// <summary>A text that is never shown: printing it, logging it or writing the effective configuration gives <c>***</c>.</summary>
[JsonConverter(typeof(SecretConverter))]
[Schema("""{ "type": "string" }""")]
public sealed class Secret(string value)
{
    internal const string Redacted = "***";

    private readonly string _value = value;

    /// <summary>The text itself.</summary>
    /// <returns>The text itself.</returns>
    public string Reveal() => _value;

    /// <inheritdoc/>
    public override string ToString() => Redacted;
}

/// <summary>Reads a <see cref="Secret"/>; writes only that there is one.</summary>
public sealed class SecretConverter : JsonConverter<Secret>
{
    /// <inheritdoc/>
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString() ?? throw new JsonException("a secret is a text; use ${NAME} or ${file:/path} to keep it out of the file"));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(Secret.Redacted);
}
