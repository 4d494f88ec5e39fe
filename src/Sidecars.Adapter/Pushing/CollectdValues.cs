using System.Text.Json.Serialization;

namespace Sidecars.Adapter.Pushing;

/// <summary>One list of values as collectd's plugin write_http sends it in JSON; a notification, which has none, comes in the same way.</summary>
internal sealed record CollectdValues(
    double?[]? Values, string[]? Dstypes, string[]? Dsnames, string? Host, string? Plugin, string? PluginInstance, string? Type, string? TypeInstance);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CollectdValues[]))]
internal sealed partial class CollectdContext : JsonSerializerContext;
