using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sidecars.Common.Configuration;

/// <summary>
/// A text that is never shown: printing it, logging it or writing the effective configuration gives <c>***</c>. Where it comes from
/// <c>${file:...}</c> it follows the file, as tokens are renewed while they are in use.
/// </summary>
[JsonConverter(typeof(SecretConverter))]
[Schema("""{ "type": "string" }""")]
public sealed class Secret
{
    internal const string Redacted = "***";

    private volatile SecretPart[] _parts;

    /// <summary>A secret that stays as it is.</summary>
    /// <param name="value">The text itself.</param>
    public Secret(string value)
        : this([new SecretPart(value)])
    {
    }

    internal Secret(IEnumerable<SecretPart> parts) => _parts = [.. parts];

    internal string Identity => string.Join('\0', _parts.Select(part => part.File is null ? "text:" + part.Text : "file:" + part.File));

    /// <summary>
    /// The text itself, as it is now: files are read again, so ask each time it is used, but not for every line or request. What
    /// cannot be read any more stays as it was.
    /// </summary>
    /// <returns>The text itself.</returns>
    public string Reveal()
    {
        if (Array.Exists(_parts, part => part.File is not null))
        {
            _parts = Array.ConvertAll(_parts, part => part.Now());
        }

        return string.Concat(_parts.Select(part => part.Text));
    }

    /// <inheritdoc/>
    public override string ToString() => Redacted;
}

/// <summary>Reads a <see cref="Secret"/>; writes only that there is one.</summary>
public sealed class SecretConverter : JsonConverter<Secret>
{
    /// <inheritdoc/>
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new Secret(reader.GetString()!),
        JsonTokenType.StartArray => new Secret(JsonNode.Parse(ref reader)!.AsArray().Select(Part)),
        _ => throw new JsonException("a secret is a text; use ${NAME} or ${file:/path} to keep it out of the file"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(Secret.Redacted);

    /// <summary>What <see cref="Read"/> takes for a secret that follows its files; another content is another value.</summary>
    internal static JsonArray ToJson(IEnumerable<SecretPart> parts) =>
        new([.. parts.Select(part => new JsonObject { ["text"] = part.Text, ["file"] = part.File })]);

    private static SecretPart Part(JsonNode? json) => new((string)json!["text"]!, (string?)json["file"]);
}

/// <summary>
/// Writes what a <see cref="Secret"/> is, for comparison only: a hash of its own texts, and which files it follows. What those hold
/// makes no difference, as the secret follows them by itself.
/// </summary>
public sealed class SecretIdentityConverter : JsonConverter<Secret>
{
    /// <inheritdoc/>
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("written for comparison only");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value.Identity))));
}
